import { createHash } from 'node:crypto';
import { whyNotStorable, type DataOf, type receiveHook, type TriggerDocument, type TriggerReason } from '@ao/contracts';
import { inTransaction, type CommandShell } from '@ao/event-log';
import { derivedId, isRejection, isoTime, reject, type Clock, type CommandMetadata } from '@ao/kernel';
import { done, type Answer } from '@ao/messaging';
import { whyNotSigned, whyNotSignedLikeGitHub } from '@ao/outbound';
import type { Timers } from '@ao/timers';
import type { SigningSecrets } from '@ao/vault';
import type { Pool } from 'pg';
import { compileTrigger } from './compile-trigger';
import { causeOf, entryOf, type Admission, type Firings } from './firings';
import type { HistoryBuffer } from './history-buffer';
import { secretGone, triggerAggregate, unknownTrigger } from './trigger.decider';
import { addEntries, entryOfFiring, takeHook } from './trigger-tables';

/** Headers that the texts of an action may speak of: none that proves anything. */
export const TOLD_HEADERS: readonly string[] = [
  'content-type',
  'user-agent',
  'webhook-id',
  'webhook-timestamp',
  'x-github-event',
  'x-github-delivery',
  'x-gitlab-event',
  'x-event-type',
];

export interface HooksOptions {
  readonly pool: Pool;
  readonly shell: Pick<CommandShell, 'state'>;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'nudge'>;
  readonly secrets: Pick<SigningSecrets, 'signingAt'>;
  readonly firings: Firings;
  readonly history: HistoryBuffer;
}

/** What comes in from outside: judged by its signature before anything else is looked at, and taken once. */
export class Hooks {
  constructor(private readonly options: HooksOptions) {}

  async receive(data: DataOf<typeof receiveHook>, _metadata: CommandMetadata): Answer<typeof receiveHook> {
    const { pool, shell, clock, secrets, firings, history, timers } = this.options;
    const { trigger_id, body, headers } = data;
    const { state } = await shell.state(triggerAggregate, trigger_id, { fresh: true });
    const config = state?.config;
    if (!state || config?.type !== 'webhook') return unknownTrigger('call', trigger_id);
    const now = clock.now();
    const at = isoTime(now);
    const message_id = (headers['webhook-id'] ?? headers['x-github-delivery'] ?? '').slice(0, 256) || null;
    const cause = causeOf('webhook', { message_id });
    const refuse = (reason: TriggerReason, detail: string) => {
      history.add(entryOf({ trigger_id, cause, at }, { reason, detail }));
    };

    const keys = await secrets.signingAt(signedBy(state), now);
    if (isRejection(keys)) return keys.rejection === 'not_found' ? secretGone('call', trigger_id) : keys;
    const isGitHub = config.signature === 'github';
    const fault = isGitHub
      ? whyNotSignedLikeGitHub({ signature: headers['x-hub-signature-256'] ?? '', body }, keys)
      : whyNotSigned(standardOf(headers, body), keys, now / 1_000);
    if (fault) {
      const why = fault === 'timestamp_refused' ? 'its time is not of now' : 'its signature is missing or is not right';
      refuse(fault, why);
      return reject('unauthenticated', fault, `Expected a request to trigger '${trigger_id}', but ${why}`);
    }
    const payload = payloadOf(body);
    if ('reason' in payload) {
      refuse('payload_refused', payload.reason);
      return reject(
        'invalid',
        'payload_refused',
        `Expected a request to trigger '${trigger_id}', but ${payload.reason}`,
      );
    }
    // GitHub signs no id, so that whoever has a message could send it again with another: the same body is the same message.
    const message = isGitHub ? createHash('sha256').update(body).digest('hex') : message_id!;
    const firing_id = derivedId('trigger-firing', trigger_id, message);
    const compiled = compileTrigger(state);
    if ('pointer' in compiled) return reject('unavailable', 'trigger_not_understood', compiled.reason);

    const admission = await inTransaction(pool, async (transaction): Promise<Admission> => {
      const isNew = await takeHook(transaction, firing_id, at);
      if (!isNew) return { fired: false, reason: 'replayed', detail: null };
      if (!state.enabled) {
        await addEntries(transaction, [entryOf({ trigger_id, cause, at }, { reason: 'disabled' })]);
        return { fired: false, reason: 'disabled', detail: null };
      }
      const variables = { payload: payload.value, headers: toldOf(headers) };
      return firings.admit(transaction, { trigger_id, trigger: compiled, firing_id, cause, depth: 1, at, variables });
    });
    timers.nudge();
    if (admission.fired) return done({ trigger_id, firing_id, fired: true, reason: null });
    if (admission.reason !== 'replayed') return done({ trigger_id, firing_id, fired: false, reason: admission.reason });
    // Sent again because its answer was lost, or by somebody else: what became of it is said, and nothing more happens.
    refuse('replayed', 'this message was taken before');
    const entry = await entryOfFiring(pool, firing_id);
    return done({ trigger_id, firing_id, fired: entry !== undefined, reason: 'replayed' });
  }
}

function standardOf(headers: Readonly<Record<string, string>>, body: string) {
  return {
    id: headers['webhook-id'] ?? '',
    timestamp: headers['webhook-timestamp'] ?? '',
    signature: headers['webhook-signature'] ?? '',
    body,
  };
}

function signedBy({ secret_id, secret_version, former_secrets }: TriggerDocument) {
  return { secret_id: secret_id!, secret_version: secret_version!, former_secrets };
}

/** Text as it is, unless it is JSON; JSON that the log does not take is refused. */
function payloadOf(body: string): { value: unknown } | { reason: string } {
  if (body === '') return { value: null };
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { reason: 'its body is not JSON' };
  }
  const why = whyNotStorable(value);
  return why ? { reason: `its body ${why.message} (at ${why.pointer.slice(0, 200) || 'the top'})` } : { value };
}

function toldOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const told = TOLD_HEADERS.filter((name) => headers[name] !== undefined);
  return Object.fromEntries(told.map((name) => [name, headers[name]!]));
}
