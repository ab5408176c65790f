-- At most $4.
select count(*)::int as total
from (
  select 1
  from notifications.deliveries
  where
    target_id = $1
    and target_kind = $2
    and ($3::text is null or event = $3)
    and /* state */ true
  limit $4
) as counted
