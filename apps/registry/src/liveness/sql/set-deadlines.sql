-- Compare-and-set: a beat that was flushed meanwhile has set a newer deadline, and that one stays.
update {table} as known
set deadline = due.next_deadline
from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as due ({key}, deadline, next_deadline)
where known.{key} = due.{key} and known.deadline = due.deadline
