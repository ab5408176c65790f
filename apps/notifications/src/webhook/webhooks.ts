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
import type { CommandShell, EventLog } from '@ao/event-log';
import { compileCondition } from '@ao/expressions';
import { derivedId, isRejection, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import { whyNotCallable, type CallRules } from '@ao/outbound';
import { shownOnce, type Attempt, type SecretTimers, type SigningSecrets } from '@ao/vault';
import { unknownWebhook, webhookAggregate } from './webhook.decider';

export interface WebhooksOptions {
  readonly shell: Pick<CommandShell, 'run' | 'state'>;
  readonly log: Pick<EventLog, 'answerOf' | 'head'>;
  readonly secrets: Pick<SigningSecrets, 'create' | 'rotate'>;
  readonly secretTimers: SecretTimers;
  readonly rules: CallRules;
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
    return shownOnce<ResultOf<typeof createWebhook> & Attempt>({
      ...{ log, metadata, given, makeSecret },
      run: async ({ secret_id, secret_version }, attempt_id) => {
        const position = await log.head();
        const details = { ...terms, webhook_id, secret_id, secret_version, position, attempt_id };
        // Whether a repetition gives the same secret is judged by the vault: a hash of it here could be guessed at.
        const payload = { ...terms, given: given !== undefined };
        const command = { type: 'CreateWebhook' as const, data: details, metadata };
        return this.options.shell.run(webhookAggregate, webhook_id, command, { payload });
      },
    });
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
    const { shell, log, secrets } = this.options;
    const { webhook_id, secret: given } = data;
    const { state } = await shell.state(webhookAggregate, webhook_id, { fresh: true });
    if (!state) return unknownWebhook('rotate the secret of', webhook_id);
    const makeSecret = async () => {
      const place = await secrets.rotate(state.secret_id, given, metadata);
      return isRejection(place) && place.rejection === 'not_found' ? secretGone(webhook_id) : place;
    };
    return shownOnce<ResultOf<typeof rotateWebhookSecret> & Attempt>({
      ...{ log, metadata, given, makeSecret },
      run: ({ secret_version }, attempt_id) => {
        const details = { webhook_id, secret_version, attempt_id };
        const command = { type: 'RotateWebhookSecret' as const, data: details, metadata };
        return shell.run(webhookAggregate, webhook_id, command, {
          payload: { webhook_id, given: given !== undefined },
        });
      },
    });
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

  private whyNot({ url, filter }: { readonly url?: string; readonly filter?: string | null }): Rejection | undefined {
    const why = url === undefined ? undefined : whyNotCallable(url, this.options.rules);
    if (why !== undefined) return reject('invalid', 'url_not_callable', `The URL ${why}`, '/url');
    const condition = filter == null ? undefined : compileCondition(filter);
    return condition && !condition.ok ? reject('invalid', 'filter_invalid', condition.error, '/filter') : undefined;
  }
}

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
