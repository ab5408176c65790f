-- Those whose silence may have become a transition, longest overdue first; served by the index on the deadline.
select
  {key} as id,
  interval_seconds,
  extract(epoch from last_seen)::float8 * 1000 as last_seen,
  extract(epoch from deadline)::float8 * 1000 as deadline
from {table}
where deadline < $1::timestamptz
order by deadline
limit $2
