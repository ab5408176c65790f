-- Compare-and-set: a beat that was flushed meanwhile has set a newer deadline, and that one stays. Rows are locked in the
-- order of their keys, as every statement on this table does it, so that none waits for another in a circle.
with due as materialized (
  select {key}, told.deadline, told.next_deadline
  from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as told ({key}, deadline, next_deadline)
  join {table} as known using ({key})
  where known.deadline = told.deadline
  order by {key}
  for update of known
)
update {table} as known
set deadline = due.next_deadline
from due
where known.{key} = due.{key} and known.deadline = due.deadline
