import type { ClientBase } from 'pg';

/**
 * The migrated schema as text: what `db/schema.sql` holds, and what verify compares with it. Read from the catalogs and
 * sorted by name, so that it changes only when a migration changes something: tables, columns, constraints, indexes,
 * triggers, functions, and who owns and may do what.
 */
export async function dumpSchema(client: ClientBase): Promise<string> {
  // Names are printed with their schema, whatever the search path of the one who asks.
  await client.query(`select set_config('search_path', 'pg_catalog', false)`);
  const parts: { title: string; lines: string[] }[] = [];
  for (const { title, sql } of SECTIONS) parts.push({ title, lines: await lines(client, sql) });
  return [
    '-- The schema that the migrations make. Written by `npm run schema:dump`, compared by `npm run verify`; not for running.',
    ...parts.filter((part) => part.lines.length > 0).map((part) => `\n-- ${part.title}\n\n${part.lines.join('\n')}`),
    '',
  ].join('\n');
}

async function lines(client: ClientBase, sql: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(sql);
  return rows.map((row) => row.line);
}

const OURS = `n.nspname not like 'pg\\_%' and n.nspname not in ('information_schema')`;

/** One line per role but the owner, sorted; and whether nothing was ever granted or revoked: then Postgres' defaults hold. */
const grants = (acl: string, owner: string, kind: string) => `
  (select case when ${acl} is null then E'\\n-- with the default privileges of a ${kind}' else '' end || coalesce(string_agg(
            E'\\n' || format('grant %s on ${kind} %s to %s;', privileges, target, grantee), '' order by grantee), '')
     from (select case a.grantee when 0 then 'public' else a.grantee::regrole::text end as grantee,
                  string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as privileges
             from aclexplode(${acl}) a
            where a.grantee <> ${owner}
            group by a.grantee) g)`;

const SECTIONS: readonly { title: string; sql: string }[] = [
  {
    title: 'Roles',
    sql: `
      select format('create role %I%s;%s', r.rolname,
               case when r.rolcanlogin then ' login' else ' nologin' end ||
               case when r.rolsuper then ' superuser' else '' end ||
               case when r.rolcreaterole then ' createrole' else '' end ||
               case when r.rolcreatedb then ' createdb' else '' end,
               (select coalesce(string_agg(format(E'\\ngrant %I to %I;', m.roleid::regrole::text, r.rolname), '' order by m.roleid::regrole::text), '')
                  from pg_auth_members m where m.member = r.oid)) as line
        from pg_roles r where r.rolname like 'ao\\_%' order by r.rolname`,
  },
  {
    title: 'Database',
    sql: `
      select 'the database:' || ${grants('d.datacl', 'd.datdba', 'database').replaceAll('target', `'it'`)} as line
        from pg_database d where d.datname = current_database() and d.datacl is not null`,
  },
  {
    title: 'Schemas',
    sql: `
      select format('create schema %I authorization %s;', n.nspname, n.nspowner::regrole) ||
             ${grants('n.nspacl', 'n.nspowner', 'schema').replaceAll('target', 'quote_ident(n.nspname)')} as line
        from pg_namespace n where ${OURS} order by n.nspname`,
  },
  {
    title: 'Default privileges',
    sql: `
      select format('alter default privileges for role %s%s grant on %s: %s;', d.defaclrole::regrole,
               coalesce(' in schema ' || n.nspname, ''),
               case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences' when 'f' then 'functions' else d.defaclobjtype::text end,
               (select string_agg(item::text, ', ' order by item::text) from unnest(d.defaclacl) item)) as line
        from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace order by 1`,
  },
  {
    title: 'Types',
    sql: `
      select format('create type %I.%I as enum (%s);', n.nspname, t.typname,
               string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)) as line
        from pg_type t join pg_namespace n on n.oid = t.typnamespace join pg_enum e on e.enumtypid = t.oid
       where ${OURS} group by n.nspname, t.typname order by 1`,
  },
  {
    title: 'Tables',
    sql: `
      select E'\\n' || format('create %stable %I.%I (', case c.relpersistence when 'u' then 'unlogged ' else '' end, n.nspname, c.relname) ||
             (select string_agg(E'\\n  ' || piece, ',' order by place, piece) from (
                select a.attnum as place, format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                         case when a.attnotnull then ' not null' else '' end,
                         case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity'
                              when a.attgenerated <> '' then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                              when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end) as piece
                  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                union all
                select 10000, format('constraint %I %s', o.conname, pg_get_constraintdef(o.oid))
                  from pg_constraint o where o.conrelid = c.oid and o.contype <> 'n') pieces) || E'\\n)' ||
             coalesce(' with (' || (select string_agg(item, ', ' order by item) from unnest(c.reloptions) item) || ')', '') || ';' ||
             format(E'\\nalter table %I.%I owner to %s;', n.nspname, c.relname, c.relowner::regrole) ||
             (select coalesce(string_agg(E'\\n' || pg_get_indexdef(i.indexrelid) || ';', '' order by i.indexrelid::regclass::text), '')
                from pg_index i where i.indrelid = c.oid and not exists (select from pg_constraint o where o.conindid = i.indexrelid)) ||
             (select coalesce(string_agg(E'\\n' || pg_get_triggerdef(t.oid) || ';' ||
                       case t.tgenabled when 'A' then ' -- enabled always' when 'D' then ' -- disabled' else '' end, '' order by t.tgname), '')
                from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal) ||
             ${grants('c.relacl', 'c.relowner', 'table').replaceAll('target', 'c.oid::regclass::text')} as line
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and ${OURS} order by n.nspname, c.relname`,
  },
  {
    title: 'Views',
    sql: `
      select format(E'create view %I.%I as\\n%s', n.nspname, c.relname, pg_get_viewdef(c.oid)) ||
             ${grants('c.relacl', 'c.relowner', 'table').replaceAll('target', 'c.oid::regclass::text')} as line
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('v', 'm') and ${OURS} order by n.nspname, c.relname`,
  },
  {
    title: 'Sequences',
    sql: `
      select format('create sequence %I.%I as %s start %s increment %s;', n.nspname, c.relname,
               format_type(s.seqtypid, null), s.seqstart, s.seqincrement) ||
             ${grants('c.relacl', 'c.relowner', 'sequence').replaceAll('target', 'c.oid::regclass::text')} as line
        from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
       where ${OURS} order by n.nspname, c.relname`,
  },
  {
    title: 'Functions',
    sql: `
      select E'\\n' || pg_get_functiondef(p.oid) || ';' ||
             format(E'\\nalter function %s owner to %s;', p.oid::regprocedure, p.proowner::regrole) ||
             ${grants('p.proacl', 'p.proowner', 'function').replaceAll('target', 'p.oid::regprocedure::text')} as line
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where p.prokind in ('f', 'p') and ${OURS} order by p.oid::regprocedure::text`,
  },
];
