import type { Pool } from 'pg';

export interface PageQuery {
  /** Of the prepared statements: `list_<name>` and `count_<name>`. */
  readonly name: string;
  /** Default: `document`. */
  readonly select?: string;
  /** What follows `from`, with the `where` and its parameters from $1 on. */
  readonly from: string;
  readonly orderBy: string;
  readonly values?: readonly unknown[];
  /** Counting stops here: an exact total of millions is worth less than the answer's speed. */
  readonly mostCounted?: number;
  readonly limit: number;
  readonly offset: number;
}

/** One page of a list, and how many rows there are in all. */
export async function readPage<Row extends object>(
  pool: Pick<Pool, 'query'>,
  { name, select = 'document', from, orderBy, values = [], mostCounted, limit, offset }: PageQuery,
): Promise<{ readonly rows: Row[]; readonly total: number }> {
  const next = values.length + 1;
  const [page, counted] = await Promise.all([
    pool.query<Row>({
      name: `list_${name}`,
      text: `select ${select} from ${from} order by ${orderBy} limit $${next} offset $${next + 1}`,
      values: [...values, limit, offset],
    }),
    pool.query<{ total: string }>({
      name: `count_${name}`,
      text:
        mostCounted === undefined
          ? `select count(*) as total from ${from}`
          : `select count(*) as total from (select 1 from ${from} limit ${mostCounted}) counted`,
      values: [...values],
    }),
  ]);
  return { rows: page.rows, total: Number(counted.rows[0]?.total ?? 0) };
}

/** The same of rows that are a document each. */
export async function readDocumentPage<Document extends object>(
  pool: Pick<Pool, 'query'>,
  query: Omit<PageQuery, 'select'>,
): Promise<{ readonly documents: Document[]; readonly total: number }> {
  const { rows, total } = await readPage<{ document: Document }>(pool, query);
  return { documents: rows.map(({ document }) => document), total };
}
