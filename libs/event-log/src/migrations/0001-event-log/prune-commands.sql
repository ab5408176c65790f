-- Forgets the answers to commands older than `keep`, at most `batch` of them; says how many. A retry later than that is a
-- new command, so `keep` must be longer than any client retries. For the owner alone (grants.sql).
create function event_log.prune_commands(keep interval, batch integer default 10000) returns integer
  language sql volatile
  set search_path = pg_catalog, event_log, pg_temp
as $$
  with gone as (
    delete from event_log.commands
     where command_id in (
       select command_id from event_log.commands where recorded_at < clock_timestamp() - keep limit batch
     )
    returning 1
  )
  select count(*)::integer from gone
$$;
