-- One flush of beats. Ordered by key, so that two replicas which flush the same senders never deadlock.
-- A beat moves the deadline only when it is newer than what is known; a load report (last_seen null) never does.
insert into {table} as known ({key}, interval_seconds, last_seen, deadline, load_metrics, health)
select {key}, interval_seconds, last_seen, deadline, load_metrics, health
from unnest($1::text[], $2::float8[], $3::timestamptz[], $4::timestamptz[], $5::json[], $6::text[])
  as beat ({key}, interval_seconds, last_seen, deadline, load_metrics, health)
order by {key}
on conflict ({key}) do update set
  last_seen = greatest(known.last_seen, excluded.last_seen),
  deadline = case
    when known.last_seen is null or excluded.last_seen > known.last_seen then excluded.deadline
    else known.deadline
  end,
  load_metrics = coalesce(excluded.load_metrics, known.load_metrics),
  health = coalesce(excluded.health, known.health)
