-- Schemas and who may do what in them. Run again at every migration. Tables that a migration adds later get their grants
-- by the default privileges below.
do $$
declare
  service record;
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect on database %I to ao_service, ao_auditor', current_database());
  execute format('grant connect, create, temporary on database %I to ao_owner', current_database());
  revoke all on schema public from public;

  for service in
    select * from (values
      ('event_log', null), ('telemetry', null), ('read_models', 'ao_gateway'),
      ('registry', 'ao_registry'), ('discovery', 'ao_discovery'), ('tasks', 'ao_tasks'), ('identity', 'ao_identity'),
      ('notifications', 'ao_notifications'), ('workflows', 'ao_workflows')
    ) as s (schema_name, role_name)
  loop
    execute format('create schema if not exists %I authorization ao_owner', service.schema_name);
    execute format('revoke all on schema %I from public', service.schema_name);
    if service.role_name is not null then
      execute format('grant usage on schema %I to %I', service.schema_name, service.role_name);
      execute format('alter default privileges for role ao_owner in schema %I grant select, insert, update, delete on tables to %I',
        service.schema_name, service.role_name);
      execute format('alter default privileges for role ao_owner in schema %I grant usage on sequences to %I',
        service.schema_name, service.role_name);
    end if;
  end loop;

  -- Telemetry is read by every service; its writer gets more where its table is made.
  grant usage on schema telemetry to ao_service;
  alter default privileges for role ao_owner in schema telemetry grant select on tables to ao_service;
  -- Shadow tables of a rebuild are made beside the live ones.
  grant create on schema read_models to ao_gateway;
  -- No function of ours is for everybody.
  alter default privileges for role ao_owner revoke execute on functions from public;
end
$$;
