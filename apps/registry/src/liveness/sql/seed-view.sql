-- Always one row at least, for the checkpoint.
select
  coalesce(checkpoint.position, 0) as position,
  agent.agent_id,
  agent.interval_seconds,
  agent.liveness
from (select max(position) as position from registry.subscription_checkpoints where subscription = $1) as checkpoint
left join telemetry.agent_liveness as agent on true
