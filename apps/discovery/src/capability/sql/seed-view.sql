-- The records and the checkpoint they stand at, of one snapshot; always one row at least, for the checkpoint.
select coalesce(checkpoint.position, 0) as position, capability.document
from (select max(position) as position from discovery.subscription_checkpoints where subscription = $1) as checkpoint
left join discovery.capabilities as capability on true
