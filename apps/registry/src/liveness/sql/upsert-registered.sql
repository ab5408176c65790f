-- Every registered agent has a row, even when the process that took its first beat died before the flush. The deadline
-- is the time of registration itself: the sweep looks at once and sets the one that the rules give.
insert into telemetry.agent_liveness as known (agent_id, interval_seconds, liveness, last_seen, deadline)
select agent_id, interval_seconds, liveness, seen_at, seen_at
from unnest($1::text[], $2::float8[], $3::text[], $4::timestamptz[])
  as agent (agent_id, interval_seconds, liveness, seen_at)
order by agent_id
on conflict (agent_id) do update set
  interval_seconds = excluded.interval_seconds,
  liveness = excluded.liveness,
  last_seen = greatest(known.last_seen, excluded.last_seen),
  deadline = coalesce(known.deadline, excluded.deadline)
