select agent_id, last_seen, load_metrics, health
from telemetry.agent_liveness
