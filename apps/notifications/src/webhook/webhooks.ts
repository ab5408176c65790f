import type {
  DataOf,
  ResultOf,
  changeWebhook,
  createWebhook,
  deleteWebhook,
  enableWebhook,
  replayWebhook,
  rotateWebhookSecret,
} from '@ao/contracts';
import type { CommandResult, CommandShell, EventLog } from '@ao/event-log';
import { compileCondition } from '@ao/expressions';
import { derivedId, isRejection, newId, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { done, type Answer } from '@ao/messaging';
import { whyNotCallable, type CallRules } from '@ao/outbound';
import type { MadeSecret, SecretTimers, SigningSecrets } from '@ao/vault';
import { unknownWebhook, webhookAggregate } from './webhook.decider';

export interface WebhooksOptions {
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
  readonly log: Pick<EventLog, 'answerOf' | 'head'>;
  readonly secrets: Pick<SigningSecrets, 'create' | 'rotate'>;
  readonly secretTimers: SecretTimers;
  readonly rules: CallRules;
}

/** Stands in the answer that the log keeps of a command that may make up a secret, in place of that. */
interface Attempt {
  readonly attempt_id: string;
}

/** What is configured of webhooks. What they are sent is the delivery engine's. */
export class Webhooks {
  constructor(private readonly options: WebhooksOptions) {}

  /** First the secret, then the webhook that names it; a secret whose webhook never came is deleted by its timer. */
  async create(data: DataOf<typeof createWebhook>, metadata: CommandMetadata): Answer<typeof createWebhook> {
    const { log, secrets, secretTimers } = this.options;
    const { secret: given, ...terms } = data;
    const wrong = this.whyNot(terms);
    if (wrong) return wrong;
    // Derived: the same command makes the same webhook.
    const webhook_id = derivedId('webhook', metadata.command_id);
    const makeSecret = async () => {
      await secretTimers.watch(webhook_id, metadata.command_id);
      return secrets.create(webhook_id, given, metadata);
    };
    return this.withSecret<ResultOf<typeof createWebhook> & Attempt>(
      given,
      metadata,
      makeSecret,
      async (place, attempt_id) => {
        const { secret_id, secret_version } = place;
        const position = await log.head();
        const details = { ...terms, webhook_id, secret_id, secret_version, position, attempt_id };
        // Whether a repetition gives the same secret is judged by the vault: a hash of it here could be guessed at.
        const payload = { ...terms, given: given !== undefined };
        const command = { type: 'CreateWebhook' as const, data: details, metadata };
        return this.options.shell.run(webhookAggregate, webhook_id, command, { payload });
      },
    );
  }

  async change(data: DataOf<typeof changeWebhook>, metadata: CommandMetadata): Answer<typeof changeWebhook> {
    const wrong = this.whyNot(data);
    if (wrong) return wrong;
    const position = await this.options.log.head();
    const command = { type: 'ChangeWebhook' as const, data: { ...data, position }, metadata };
    return this.options.shell.run(webhookAggregate, data.webhook_id, command, { payload: data });
  }

  /** The secret follows when the event is seen: `forget-secret-when-owner-is-gone`. */
  delete(data: DataOf<typeof deleteWebhook>, metadata: CommandMetadata): Answer<typeof deleteWebhook> {
    return this.options.shell.run(webhookAggregate, data.webhook_id, { type: 'DeleteWebhook', data, metadata });
  }

  async rotate(
    data: DataOf<typeof rotateWebhookSecret>,
    metadata: CommandMetadata,
  ): Answer<typeof rotateWebhookSecret> {
    const { shell, secrets } = this.options;
    const { webhook_id, secret: given } = data;
    const { state } = await shell.state(webhookAggregate, webhook_id, { fresh: true });
    if (!state) return unknownWebhook('rotate the secret of', webhook_id);
    const makeSecret = async () => {
      const place = await secrets.rotate(state.secret_id, given, metadata);
      return isRejection(place) && place.rejection === 'not_found' ? secretGone(webhook_id) : place;
    };
    return this.withSecret<ResultOf<typeof rotateWebhookSecret> & Attempt>(
      given,
      metadata,
      makeSecret,
      (place, attempt_id) => {
        const { secret_version } = place;
        const payload = { webhook_id, given: given !== undefined };
        const command = {
          type: 'RotateWebhookSecret' as const,
          data: { webhook_id, secret_version, attempt_id },
          metadata,
        };
        return shell.run(webhookAggregate, webhook_id, command, { payload });
      },
    );
  }

  enable(data: DataOf<typeof enableWebhook>, metadata: CommandMetadata): Answer<typeof enableWebhook> {
    return this.options.shell.run(webhookAggregate, data.webhook_id, { type: 'EnableWebhook', data, metadata });
  }

  async replay(data: DataOf<typeof replayWebhook>, metadata: CommandMetadata): Answer<typeof replayWebhook> {
    const { webhook_id, from_position: from, to_position, per_second } = data;
    const head = await this.options.log.head();
    const to = to_position ?? head;
    if (to > head) return notReplayable('to_position', `must not be ahead of the log, which ends at ${head}`);
    if (from >= to) return notReplayable('from_position', `must lie before ${to}, where it would end`);
    const command = { type: 'ReplayWebhook' as const, data: { webhook_id, from, to, per_second }, metadata };
    return this.options.shell.run(webhookAggregate, webhook_id, command, { payload: data });
  }

  /** Runs a command that needs a secret, and shows one that was made up to the one attempt that was carried out. */
  private async withSecret<Kept extends Attempt>(
    given: string | undefined,
    metadata: CommandMetadata,
    makeSecret: () => Promise<MadeSecret | Rejection>,
    run: (place: MadeSecret, attemptId: string) => Promise<CommandResult<Kept>>,
  ): Promise<CommandResult<Omit<Kept, 'attempt_id'> & { secret?: string }>> {
    const attemptId = newId();
    const isRepeated = (await this.options.log.answerOf(metadata.command_id)) !== undefined;
    // A repetition needs none: the shell knows the answer. One that was given is compared with the first all the same.
    const place = isRepeated && given === undefined ? NO_SECRET : await makeSecret();
    if (isRejection(place)) return place;
    const result = await run(place, attemptId);
    if (isRejection(result)) return result;
    const { attempt_id, ...answer } = result.result;
    if (given === undefined && attempt_id !== attemptId) return alreadyShown();
    return done({ ...answer, ...(place.made_up !== undefined && { secret: place.made_up }) }, result.position);
  }

  private whyNot({ url, filter }: { readonly url?: string; readonly filter?: string | null }): Rejection | undefined {
    const why = url === undefined ? undefined : whyNotCallable(url, this.options.rules);
    if (why !== undefined) return reject('invalid', 'url_not_callable', `The URL ${why}`, '/url');
    const condition = filter == null ? undefined : compileCondition(filter);
    return condition && !condition.ok ? reject('invalid', 'filter_invalid', condition.error, '/filter') : undefined;
  }
}

const NO_SECRET: MadeSecret = { secret_id: derivedId('no secret'), secret_version: 1 };

function notReplayable(field: string, why: string): Rejection {
  return reject('invalid', 'range_invalid', why, `/${field}`);
}

/** Somebody deleted it from the vault. */
function secretGone(webhookId: string): Rejection {
  const why = 'its secret is gone from the vault: delete the webhook, and create it anew';
  return reject(
    'conflict',
    'webhook_secret_gone',
    `Expected to rotate the secret of webhook '${webhookId}', but ${why}`,
  );
}

/** The first answer to the same command held the secret, and nothing but the vault keeps it. */
function alreadyShown(): Rejection {
  const why =
    'this command has done so before, and a secret that was made up is shown only once: rotate it for another';
  return reject('conflict', 'secret_already_shown', `Expected to make up a secret, but ${why}`);
}
