-- The state is put in by name, so that the planner sees that a partial index will do.
select *
from notifications.deliveries
where
  target_id = $1
  and target_kind = $2
  and ($3::text is null or event = $3)
  and /* state */ true
order by created_at desc, position desc, delivery_id desc
limit $4 offset $5
