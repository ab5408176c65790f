-- What later events tell of one. A sign of life that finds no deadline sets one in the past: the sweep looks at
-- once and sets the one that the rules give.
update {table} as known
set
  interval_seconds = coalesce(told.interval_seconds, known.interval_seconds),
  liveness = coalesce(told.liveness, known.liveness),
  last_seen = greatest(known.last_seen, told.seen_at),
  deadline = coalesce(known.deadline, told.seen_at)
from unnest($1::text[], $2::float8[], $3::text[], $4::timestamptz[])
  as told ({key}, interval_seconds, liveness, seen_at)
where known.{key} = told.{key}
