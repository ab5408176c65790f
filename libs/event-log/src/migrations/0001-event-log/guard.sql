-- Refuses every change of what was appended, whoever asks: privileges keep the services out (grants.sql), this stops an
-- owner's slip of the hand. ALWAYS, so that session_replication_role does not switch it off. A superuser can still drop
-- it; then the hash chain tells.
create function event_log.refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'the log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name
    using errcode = 'insufficient_privilege';
end
$$;

create trigger append_only before update or delete or truncate on event_log.events
  for each statement execute function event_log.refuse_change();
create trigger append_only before update or delete or truncate on event_log.commits
  for each statement execute function event_log.refuse_change();
create trigger append_only before update or delete or truncate on event_log.seals
  for each statement execute function event_log.refuse_change();
-- Answers to commands are pruned (prune-commands.sql) but never rewritten.
create trigger append_only before update or truncate on event_log.commands
  for each statement execute function event_log.refuse_change();

alter table event_log.events enable always trigger append_only;
alter table event_log.commits enable always trigger append_only;
alter table event_log.seals enable always trigger append_only;
alter table event_log.commands enable always trigger append_only;
