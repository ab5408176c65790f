-- $1: [{delivery_id, target: {kind, id}, event, position, replay_id, message}]
insert into notifications.deliveries (
  delivery_id, target_kind, target_id, event, position, replay_id, message, state, due_at, created_at
)
select
  r.delivery_id,
  r.target ->> 'kind',
  (r.target ->> 'id')::uuid,
  r.event,
  r.position,
  r.replay_id,
  r.message,
  'pending',
  now(),
  now()
from json_to_recordset($1::json) as r (
  delivery_id uuid, target json, event text, position bigint, replay_id uuid, message json
)
on conflict (delivery_id) do nothing
