-- $1: a delivery with its only attempt.
with result as (
  select *
  from json_to_record($1::json) as r (
    delivery_id uuid, target json, event text, position bigint, replay_id uuid, message json, state text,
    at timestamptz, duration_ms integer, status_code integer, error text, detail text, response text
  )
),

attempt as (
  insert into notifications.attempts (delivery_id, number, at, duration_ms, status_code, error, detail, response)
  select delivery_id, 1, at, duration_ms, status_code, error, detail, response
  from result
  on conflict (delivery_id, number) do nothing
)

insert into notifications.deliveries (
  delivery_id, target_kind, target_id, event, position, replay_id, message, state, attempts, tries, created_at,
  ended_at, last_error, last_status_code
)
select
  delivery_id,
  target ->> 'kind',
  (target ->> 'id')::uuid,
  event,
  position,
  replay_id,
  message,
  state,
  1,
  1,
  at,
  clock_timestamp(),
  error,
  status_code
from result
on conflict (delivery_id) do nothing
