-- Always one row at least, for the checkpoint.
select
  coalesce(checkpoint.position, 0) as position,
  known.{key} as id,
  known.interval_seconds,
  known.liveness
from (select max(position) as position from registry.subscription_checkpoints where subscription = $1) as checkpoint
left join {table} as known on true
