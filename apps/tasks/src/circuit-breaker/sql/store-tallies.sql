-- $1 those that stand at nothing, $2 and $3 what the others stand at, $4 now. The longest window is a day: what nothing was
-- added to for longer says nothing any more.
with nothing as (
  delete from tasks.circuit_breaker_tallies where breaker_id = any($1::uuid[])
),
stale as (
  delete from tasks.circuit_breaker_tallies
   where updated_at < $4::timestamptz - interval '1 day' and breaker_id <> all($1::uuid[] || $2::uuid[])
)
insert into tasks.circuit_breaker_tallies as t (breaker_id, tally, updated_at)
select breaker_id, tally, $4 from unnest($2::uuid[], $3::json[]) as changed(breaker_id, tally)
on conflict (breaker_id) do update set tally = excluded.tally, updated_at = excluded.updated_at
