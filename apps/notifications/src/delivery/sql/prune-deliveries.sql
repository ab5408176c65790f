-- What ended more than $1 days ago, the oldest first, at most $2.
with old as (
  select delivery_id
  from notifications.deliveries
  where ended_at < clock_timestamp() - $1 * interval '1 day'
  order by ended_at
  limit $2
),

pruned_attempts as (
  delete from notifications.attempts as a using old where a.delivery_id = old.delivery_id
)

delete from notifications.deliveries as d using old where d.delivery_id = old.delivery_id
