-- Everyone registered has a row, even when the process that took its first beat died before the flush. The deadline
-- is the time of registration itself: the sweep looks at once and sets the one that the rules give.
insert into {table} as known ({key}, interval_seconds, liveness, last_seen, deadline)
select {key}, interval_seconds, liveness, seen_at, seen_at
from unnest($1::text[], $2::float8[], $3::text[], $4::timestamptz[])
  as told ({key}, interval_seconds, liveness, seen_at)
order by {key}
on conflict ({key}) do update set
  interval_seconds = excluded.interval_seconds,
  liveness = excluded.liveness,
  last_seen = greatest(known.last_seen, excluded.last_seen),
  deadline = coalesce(known.deadline, excluded.deadline)
