select agent_id, last_seen, load_metrics, health
from telemetry.agent_liveness
where agent_id = any($1::text[])
