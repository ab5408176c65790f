import type {
  ApiKeyDocument,
  CertificatesDocument,
  OAuthClientDocument,
  SessionDocument,
  UserDocument,
} from '@ao/contracts';
import type { EventReader, Position } from '@ao/event-log';
import { isoTime } from '@ao/kernel';
import type { Pool, PoolClient } from 'pg';
import { MODELLED_CATEGORIES, SMALL_CATEGORIES, type AuthenticationView } from './authentication.view';

const MODELS = {
  user: 'users',
  session: 'sessions',
  apikey: 'api_keys',
  oauthclient: 'oauth_clients',
  certificate: 'certificates',
} as const;
const PAGE = 5_000;

/**
 * Fills an empty view and brings it to the head of the log, so that nobody ever looks at one that is half there (a session
 * whose end is yet to come). The read models save the long way: their documents hold each category up to its checkpoint,
 * and what came after is read from the log.
 */
export async function seedView(
  view: AuthenticationView,
  from: {
    readonly pool: Pick<Pool, 'connect'>;
    readonly log: Pick<EventReader, 'read' | 'head'>;
    readonly now: number;
  },
): Promise<Position> {
  await takeDocuments(view, from.pool, from.now);
  const head = await from.log.head();
  const after = Math.min(...MODELLED_CATEGORIES.map((category) => view.positionOf(category)));
  await foldLog(view, from.log, SMALL_CATEGORIES, 0, head);
  await foldLog(view, from.log, MODELLED_CATEGORIES, after, head);
  view.sweep(from.now);
  return head;
}

async function foldLog(
  view: AuthenticationView,
  log: Pick<EventReader, 'read'>,
  categories: readonly string[],
  after: Position,
  upTo: Position,
): Promise<void> {
  for (let from = after; from < upTo;) {
    const events = await log.read({ after: from, upTo, categories, limit: PAGE });
    for (const event of events) view.fold(event);
    if (events.length < PAGE) return;
    from = events.at(-1)!.position;
  }
}

/** In one snapshot: a model's documents and its checkpoint were committed together. */
async function takeDocuments(view: AuthenticationView, pool: Pick<Pool, 'connect'>, now: number): Promise<void> {
  const client = await pool.connect();
  let failed: Error | undefined;
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const positions = await usableModels(client);
    const take = async <Document>(category: keyof typeof MODELS, text: string, put: (document: Document) => void) => {
      const position = positions.get(MODELS[category]);
      if (position === undefined) return;
      await eachDocument<Document>(client, text, now, put);
      view.startAt(category, position);
    };
    await take<UserDocument>('user', USERS, (user) => view.putUser(user));
    await take<SessionDocument>('session', SESSIONS, (session) => view.putSession(session));
    await take<ApiKeyDocument>('apikey', API_KEYS, (key) => view.putApiKey(key));
    await take<OAuthClientDocument>('oauthclient', CLIENTS, (oauthClient) => view.putClient(oauthClient));
    await take<CertificatesDocument>('certificate', CERTIFICATES, (document) => view.putCertificates(document));
    // That model follows the agents too.
    view.startAt('agent', view.positionOf('certificate'));
    await client.query('commit');
  } catch (error) {
    failed = error as Error;
    throw error;
  } finally {
    client.release(failed);
  }
}

/** A model with a parked event is behind its checkpoint for that stream: the log is read instead. */
async function usableModels(client: PoolClient): Promise<Map<string, Position>> {
  const { rows } = await client.query<{ subscription: string; position: number }>(
    `select c.subscription, c.position from read_models.subscription_checkpoints c
      where c.subscription = any($1)
        and not exists (select from read_models.parked_events p where p.subscription = c.subscription)`,
    [Object.values(MODELS)],
  );
  return new Map(rows.map(({ subscription, position }) => [subscription, Number(position)]));
}

async function eachDocument<Document>(
  client: PoolClient,
  text: string,
  now: number,
  put: (document: Document) => void,
): Promise<void> {
  for (let after = ''; ;) {
    const { rows } = await client.query<{ id: string; document: Document }>(text, [after, isoTime(now), PAGE]);
    for (const { document } of rows) put(document);
    if (rows.length < PAGE) return;
    after = rows.at(-1)!.id;
  }
}

const USERS = `select id, document from read_models.users
  where id > $1 and status <> 'erased' and $2::timestamptz is not null order by id limit $3`;
const SESSIONS = `select id, document from read_models.sessions
  where id > $1 and not ended and expires_at > $2::timestamptz order by id limit $3`;
const API_KEYS = `select id, document from read_models.api_keys
  where id > $1 and not revoked and (expires_at is null or expires_at > $2::timestamptz) order by id limit $3`;
const CERTIFICATES = `select id, document from read_models.certificates
  where id > $1 and dead_until > $2::timestamptz order by id limit $3`;
const CLIENTS = `select id, document from read_models.oauth_clients
  where id > $1 and not revoked and $2::timestamptz is not null order by id limit $3`;
