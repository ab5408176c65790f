import type { ClientBase } from 'pg';
import { tableName } from './projection';

/** A table that is built beside a live one and then takes its place. */
export interface ShadowTable {
  /** Quoted, for SQL. */
  readonly sql: string;
  /** Makes it anew, empty, with the live table's columns, primary key, owner and grants. */
  create(client: ClientBase): Promise<void>;
  /** Adds the live table's other indexes, better late than one row at a time. */
  complete(client: ClientBase): Promise<void>;
  /** Drops the live table and takes its name and those of its indexes. Within a transaction: readers see one or the other. */
  takePlace(client: ClientBase): Promise<void>;
  drop(client: ClientBase): Promise<void>;
}

interface Index {
  readonly name: string;
  readonly definition: string;
  /** Set when a constraint (primary key, unique) owns the index. */
  readonly constraint: string | null;
  readonly primary: boolean;
}

const SUFFIX = '__rebuild';

/** Plain tables only: triggers, foreign keys and views on a read model would be lost, so it must have none. */
export function shadowOf(qualified: string): ShadowTable {
  const live = tableName(qualified);
  const table = `${live.table}${SUFFIX}`;
  const sql = `"${live.schema}"."${table}"`;
  let indexes: Index[] = [];

  return {
    sql,
    async create(client) {
      await client.query(`drop table if exists ${sql}`);
      await client.query(
        `create table ${sql} (like ${live.sql} including defaults including constraints including generated ` +
          `including identity including storage including compression including comments)`,
      );
      const { rows } = await client.query<{ owner: string; options: string[] | null; grants: Grant[] | null }>(
        `select quote_ident(pg_get_userbyid(relowner)) as owner, reloptions as options,
                (select json_agg(json_build_object('to', case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
                                                   'privilege', privilege_type))
                   from aclexplode(relacl) where grantee <> relowner) as grants
           from pg_class where oid = $1::regclass`,
        [live.sql],
      );
      const { owner, options, grants } = rows[0]!;
      const optionsSql = options?.join(', ');
      if (optionsSql) await client.query(`alter table ${sql} set (${optionsSql})`);
      for (const grant of grants ?? []) await client.query(`grant ${grant.privilege} on ${sql} to ${grant.to}`);
      await client.query(`alter table ${sql} owner to ${owner}`);
      indexes = await readIndexes(client, live.sql);
      for (const index of indexes) if (index.primary) await addIndex(client, index);
    },
    async complete(client) {
      for (const index of indexes) if (!index.primary) await addIndex(client, index);
      await client.query(`analyze ${sql}`);
    },
    async takePlace(client) {
      await client.query(`lock table ${live.sql} in access exclusive mode`);
      await client.query(`drop table ${live.sql}`);
      await client.query(`alter table ${sql} rename to "${live.table}"`);
      for (const { name } of indexes)
        await client.query(`alter index "${live.schema}"."${shadowName(name)}" rename to "${name}"`);
    },
    drop: async (client) => void (await client.query(`drop table if exists ${sql}`)),
  };

  async function addIndex(client: ClientBase, { name, definition, constraint }: Index): Promise<void> {
    if (constraint !== null) {
      await client.query(`alter table ${sql} add constraint "${shadowName(name)}" ${constraint}`);
      return;
    }
    const statement = definition.replace(
      /^CREATE (UNIQUE )?INDEX \S+ ON \S+ /,
      (_all, unique: string | undefined) => `create ${unique ?? ''}index "${shadowName(name)}" on ${sql} `,
    );
    await client.query(statement);
  }
}

interface Grant {
  readonly to: string;
  readonly privilege: string;
}

function shadowName(index: string): string {
  return `${index.slice(0, 63 - SUFFIX.length)}${SUFFIX}`;
}

async function readIndexes(client: ClientBase, table: string): Promise<Index[]> {
  const { rows } = await client.query<Index>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition,
            pg_get_constraintdef(k.oid) as constraint, i.indisprimary as primary
       from pg_index i
       join pg_class c on c.oid = i.indexrelid
       left join pg_constraint k on k.conindid = i.indexrelid and k.conrelid = i.indrelid and k.contype in ('p', 'u')
      where i.indrelid = $1::regclass order by i.indisprimary desc, c.relname`,
    [table],
  );
  return rows;
}
