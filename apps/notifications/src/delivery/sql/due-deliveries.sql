-- The first $3 that are due of each target of $1, less those of $2. Comparing rows leaves no way but along the index, from
-- where a target begins: by its statistics the planner might sort all that waits for a target instead.
select
  d.delivery_id,
  d.target_kind,
  d.target_id,
  d.event,
  d.position,
  d.replay_id,
  d.message,
  d.attempts,
  d.tries,
  d.created_at
from unnest($1::uuid[]) as wanted (target_id)
cross join lateral (
  select *
  from notifications.deliveries as due
  where
    due.state = 'pending'
    and (due.target_id, due.due_at) > (wanted.target_id, '-infinity'::timestamptz)
    and (due.target_id, due.due_at) <= (wanted.target_id, statement_timestamp())
    and due.delivery_id <> all($2::uuid[])
  order by due.target_id, due.due_at, due.position, due.delivery_id
  limit $3
) as d
