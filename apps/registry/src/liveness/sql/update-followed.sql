-- What later events tell of one. A sign of life that finds no deadline sets one in the past: the sweep looks at
-- once and sets the one that the rules give. Locked in the order of the keys.
with told as materialized (
  select {key}, told.interval_seconds, told.liveness, told.seen_at
  from unnest($1::text[], $2::float8[], $3::text[], $4::timestamptz[])
    as told ({key}, interval_seconds, liveness, seen_at)
  join {table} as known using ({key})
  order by {key}
  for update of known
)
update {table} as known
set
  interval_seconds = coalesce(told.interval_seconds, known.interval_seconds),
  liveness = coalesce(told.liveness, known.liveness),
  last_seen = greatest(known.last_seen, told.seen_at),
  deadline = coalesce(known.deadline, told.seen_at)
from told
where known.{key} = told.{key}
