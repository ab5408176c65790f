import { Json, revealSecret, type RunDocument } from '@ao/contracts';
import { isRejection, newId, systemMetadata, type Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { OutboundError, signWebhook, type Outbound, type OutboundResponse } from '@ao/outbound';
import type { WebhookEnded } from '../run/run.commands';
import { NotNowError, type Begun, type Carrier, type WorkOf } from './carrier';
import { effectMetadata } from './effect-metadata';
import { createLanes } from './lanes';
import type { Runs } from './runs';
import type { WorkRef } from './work';

/** To one origin at the same time, and to all: who hangs holds up only those who call the same. */
const PER_ORIGIN = 8;
const OVERALL = 256;
/** Of an answer as much becomes the step's output. */
export const MAX_ANSWER_BYTES = 64 * 1024;
/** How late a rotation of a secret is noticed; each opening is an entry of the audit. */
const SECRET_KEPT_MS = 30_000;
const MOST_SECRETS = 500;
const MAX_MESSAGE = 4_096;

type Work = WorkOf<'webhook'>;
type Said = WebhookEnded['data'] extends infer Data
  ? Data extends unknown
    ? Omit<Data, 'run_id' | 'node' | 'request_id'>
    : never
  : never;

export interface WebhookCarrierOptions {
  readonly outbound: Pick<Outbound, 'request'>;
  readonly commands: Pick<CommandClient, 'send'>;
  readonly runs: Pick<Runs, 'tell'>;
  readonly clock: Clock;
}

/** Steps that call others. One request per attempt; after a crash once more, under the same `webhook-id`. */
export function webhookCarrier({ outbound, commands, runs, clock }: WebhookCarrierOptions): Carrier<'webhook'> {
  const lanes = createLanes(PER_ORIGIN, OVERALL);
  const opened = new Map<string, { readonly value: string; readonly until: number }>();

  /** Undefined: the vault has no such secret (any more). @throws NotNowError */
  async function secretOf(secret_id: string): Promise<string | undefined> {
    const known = opened.get(secret_id);
    if (known && known.until > performance.now()) return known.value;
    const metadata = systemMetadata('workflows', newId());
    const revealed = await commands.send(revealSecret, { secret_id }, metadata);
    opened.delete(secret_id);
    if (isRejection(revealed)) {
      if (revealed.rejection === 'unavailable') throw new NotNowError(revealed.message);
      return undefined;
    }
    const { value } = revealed.result;
    opened.set(secret_id, { value, until: performance.now() + SECRET_KEPT_MS });
    if (opened.size > MOST_SECRETS) opened.delete(opened.keys().next().value!);
    return value;
  }

  async function call(work: Work, signal: AbortSignal): Promise<Said> {
    const { request_id, url, method, signing_secret_id } = work;
    const body = bodyOf(work);
    const secret = signing_secret_id === null ? undefined : await secretOf(signing_secret_id);
    if (signing_secret_id !== null && secret === undefined)
      return failed('secret_unavailable', 'The vault has no such secret (any more)', false);
    const timestamp = clock.now() / 1_000;
    const signed = secret === undefined ? {} : signWebhook({ id: request_id, timestamp, body: body ?? '' }, [secret]);
    const headers = {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...theirs(work.headers),
      'webhook-id': request_id,
      ...signed,
    };
    try {
      const answer = await outbound.request(url, { method, headers, signal, ...(body !== undefined && { body }) });
      return saidBy(answer, work.expect_status);
    } catch (error) {
      if (signal.aborted || !(error instanceof OutboundError)) throw error;
      return failed(error.code, error.message, error.code !== 'address_refused');
    }
  }

  async function tell(ref: WorkRef, said: Said): Promise<void> {
    const { run_id, node, work_id: request_id } = ref;
    const told = await runs.tell(
      { type: 'WebhookEnded', data: { run_id, node, request_id, ...said } as WebhookEnded['data'] },
      effectMetadata(ref, 'answered'),
      // The first answer counts.
      { payload: { run_id, node, request_id } },
    );
    if (isRejection(told) && told.rejection === 'unavailable') throw new NotNowError(told.message);
  }

  return {
    begin: (ref, work, _run: RunDocument, signal) =>
      lanes.run<Begun>(originOf(work.url), async () => {
        const said = await call(work, signal);
        // Whoever cannot tell the run now must not call again for that.
        for (;;) {
          try {
            await tell(ref, said);
            return 'over';
          } catch (error) {
            if (signal.aborted) throw error;
            await new Promise((resolve) => setTimeout(resolve, 200));
          }
        }
      }),
    // It was broken off with the signal.
    end: () => Promise.resolve('ended'),
  };
}

function bodyOf({ method, body }: Work): string | undefined {
  return method === 'GET' || body === undefined || body === null ? undefined : JSON.stringify(body);
}

/** Of the connection: not for those who define steps. */
const NOT_THEIRS = new Set(
  [
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'upgrade',
    'te',
    'trailer',
    'expect',
  ].concat(...['proxy-authorization', 'proxy-connection']),
);

const theirs = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !NOT_THEIRS.has(name)),
  );

/** What an answer means to the step. Pure. */
export function saidBy(
  { status, contentType, body, truncated }: OutboundResponse,
  expected: readonly number[] | null,
): Said {
  const isExpected = expected ? expected.includes(status) : status >= 200 && status < 300;
  if (isExpected) {
    const output = { status, body: valueOf(body, contentType, truncated), ...(truncated && { truncated }) };
    return { ok: true, output };
  }
  const redirects = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  return failed('webhook_status', `It answered ${status}${redirects}`, isPassing(status));
}

/** Worth another try: it had too much to do, or failed itself. */
const isPassing = (status: number) => status === 408 || status === 425 || status === 429 || status >= 500;

/** JSON as what it says, where the log can keep it, anything else as text. */
function valueOf(body: string, contentType: string | undefined, truncated: boolean): unknown {
  if (body === '') return null;
  if (truncated || !/^application\/([\w.+-]+\+)?json\b/i.test(contentType ?? '')) return body;
  try {
    const parsed = Json.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : body;
  } catch {
    return body;
  }
}

function failed(named: string, message: string, retryable: boolean): Said {
  return { ok: false, failure: { class: named, message: message.slice(0, MAX_MESSAGE) }, retryable };
}

/** Not a URL at all: the request says so. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
