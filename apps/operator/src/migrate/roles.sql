-- The roles of the cluster. Run again at every migration; safe beside another run (on another database of the cluster too).
do $$
declare
  role_name text;
begin
  foreach role_name in array array['ao_owner', 'ao_service', 'ao_auditor', 'ao_gateway', 'ao_registry', 'ao_discovery', 'ao_tasks', 'ao_identity', 'ao_notifications', 'ao_workflows'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nosuperuser nocreatedb nocreaterole %s', role_name,
          case when role_name in ('ao_owner', 'ao_service') then 'nologin' else 'login' end);
      exception when duplicate_object or unique_violation then
        null; -- made by another run in the meantime
      end;
    end if;
  end loop;

  foreach role_name in array array['ao_gateway', 'ao_registry', 'ao_discovery', 'ao_tasks', 'ao_identity', 'ao_notifications', 'ao_workflows'] loop
    if not pg_has_role(role_name, 'ao_service', 'member') then
      execute format('grant ao_service to %I', role_name);
    end if;
  end loop;

  -- Migrations run as ao_owner, so whoever migrates must be able to become it (a superuser is already).
  if not pg_has_role(current_user, 'ao_owner', 'usage') then
    execute format('grant ao_owner to %I', current_user);
  end if;
end
$$;
