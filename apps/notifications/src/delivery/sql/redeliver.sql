-- From the first attempt of the schedule on; a closed target's deliveries stay as they are.
update notifications.deliveries as d
set state = 'pending', tries = 0, due_at = clock_timestamp(), ended_at = null
where
  d.delivery_id = $1
  and d.target_kind = $2
  and d.target_id = $3
  and not exists (
    select 1 from notifications.targets as t
    where t.target_id = d.target_id and t.closed_at is not null
  )
returning d.due_at
