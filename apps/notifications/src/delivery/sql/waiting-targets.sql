-- Every target with pending deliveries, and in how many milliseconds the first of them is due: one step along the index
-- per target, however many deliveries each has.
with recursive first as (
  (
    select d.target_id, d.due_at
    from notifications.deliveries as d
    where d.state = 'pending'
    order by d.target_id, d.due_at
    limit 1
  )
  union all
  select next.target_id, next.due_at
  from first
  cross join lateral (
    select d.target_id, d.due_at
    from notifications.deliveries as d
    where d.state = 'pending' and d.target_id > first.target_id
    order by d.target_id, d.due_at
    limit 1
  ) as next
)

select
  first.target_id,
  extract(epoch from first.due_at - clock_timestamp())::float8 * 1000 as due_in,
  coalesce(t.held or t.gone_at is not null or t.closed_at is not null, false) as held,
  t.failing_since is not null as failing
from first
left join notifications.targets as t on first.target_id = t.target_id
