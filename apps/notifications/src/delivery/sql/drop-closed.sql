-- Pending deliveries of targets that are no more, at most $1 at a time.
with doomed as (
  select d.delivery_id
  from notifications.targets as t
  cross join lateral (
    select p.delivery_id
    from notifications.deliveries as p
    where p.state = 'pending' and p.target_id = t.target_id
    limit $1
  ) as d
  where t.closed_at is not null
  limit $1
)

update notifications.deliveries as d
set state = 'dropped', due_at = null, ended_at = clock_timestamp()
from doomed
where d.delivery_id = doomed.delivery_id and d.state = 'pending'
