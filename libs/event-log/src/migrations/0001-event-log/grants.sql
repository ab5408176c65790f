-- Services append through event_log.append and read; nothing else. Auditors only read. The roles themselves are made by
-- `npm run migrate` before any migration, since they belong to the cluster and not to this database.
revoke all on schema event_log from public;
revoke all on all tables in schema event_log from public;
revoke all on all functions in schema event_log from public;

grant usage on schema event_log to ao_service, ao_auditor;
grant select on event_log.events, event_log.commits, event_log.commands, event_log.seals to ao_service, ao_auditor;
grant select on event_log.migrations to ao_service, ao_auditor;
grant execute on function
  event_log.append(uuid[], bytea[], json[], json[], integer[], integer[], text[], bigint[], integer[], text[], integer[], json[])
  to ao_service;
-- A seal is worth nothing without the private key, so whoever has that one may add it: the sealing service, or the auditor.
grant execute on function event_log.add_seal(bigint, bytea, bigint, text, bytea) to ao_service, ao_auditor;
