import {
  evolveWebhook,
  rotationTo,
  schemaVersionsOf,
  webhookEvents,
  type WebhookDocument,
  type WebhookEvent,
  type WebhookTerms,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  isSameJson,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';

/** Undefined: there is none (any more). */
export type WebhookState = WebhookDocument | undefined;

interface Reference {
  readonly webhook_id: string;
}
/** One per attempt at a command: a secret that was made up is shown to the attempt that its answer names. */
interface Attempt {
  readonly attempt_id: string;
}

export type CreateWebhook = Command<
  'CreateWebhook',
  WebhookTerms &
    Reference &
    Attempt & { readonly secret_id: string; readonly secret_version: number; readonly position: number }
>;
/** What is absent stays as it is. */
export type ChangeWebhook = Command<'ChangeWebhook', Partial<WebhookTerms> & Reference & { readonly position: number }>;
export type DeleteWebhook = Command<'DeleteWebhook', Reference>;
export type RotateWebhookSecret = Command<
  'RotateWebhookSecret',
  Reference & Attempt & { readonly secret_version: number }
>;
export type EnableWebhook = Command<'EnableWebhook', Reference & { readonly backfill: boolean }>;
export type ReplayWebhook = Command<
  'ReplayWebhook',
  Reference & { readonly from: number; readonly to: number; readonly per_second: number }
>;
/** Nothing arrives: said once, and again only with another time to disable it at. */
export type MarkWebhookFailing = Command<
  'MarkWebhookFailing',
  Reference & { readonly since: string; readonly disables_at: string; readonly error: string }
>;
export type MarkWebhookRecovered = Command<'MarkWebhookRecovered', Reference>;
/** By itself; `position`: up to there events were taken for it. */
export type DisableWebhook = Command<
  'DisableWebhook',
  Reference & { readonly by: 'gone' | 'failures'; readonly error: string; readonly position: number }
>;
export type WebhookCommand =
  | CreateWebhook
  | ChangeWebhook
  | DeleteWebhook
  | RotateWebhookSecret
  | EnableWebhook
  | ReplayWebhook
  | MarkWebhookFailing
  | MarkWebhookRecovered
  | DisableWebhook;

const VERBS = {
  ChangeWebhook: 'change',
  DeleteWebhook: 'delete',
  RotateWebhookSecret: 'rotate the secret of',
  EnableWebhook: 'enable',
  ReplayWebhook: 'replay events to',
  MarkWebhookFailing: 'deliver to',
  MarkWebhookRecovered: 'deliver to',
  DisableWebhook: 'disable',
} as const;

export const webhookDecider: Decider<WebhookState, WebhookCommand, WebhookEvent> = {
  initialState: () => undefined,
  evolve: evolveWebhook,
  decide(command, webhook): Decision<WebhookEvent> {
    const at = command.metadata.time;
    if (command.type === 'CreateWebhook') return create(command, webhook);
    const { webhook_id } = command.data;
    if (!webhook) return unknownWebhook(VERBS[command.type], webhook_id);
    switch (command.type) {
      case 'ChangeWebhook':
        return change(command, webhook);
      case 'DeleteWebhook': {
        const { secret_id } = webhook;
        return accept([{ type: 'WebhookDeleted', data: { webhook_id, secret_id, at } }], {
          webhook_id,
          deleted_at: at,
        });
      }
      case 'RotateWebhookSecret':
        return rotate(command, webhook);
      case 'EnableWebhook': {
        if (webhook.enabled) return accept([], { webhook_id, from: null });
        const from = command.data.backfill ? webhook.disabled_position : null;
        return accept([{ type: 'WebhookEnabled', data: { webhook_id, from, at } }], { webhook_id, from });
      }
      case 'ReplayWebhook':
        return replay(command, webhook);
      case 'MarkWebhookFailing': {
        const { since, disables_at, error } = command.data;
        const isKnown = webhook.failing_since === since && webhook.disables_at === disables_at;
        if (!webhook.enabled || isKnown) return accept([]);
        const data = { webhook_id, since, disables_at, error: error.slice(0, MAX_ERROR), at };
        return accept([{ type: 'WebhookFailing', data }]);
      }
      case 'MarkWebhookRecovered':
        return webhook.status === 'failing'
          ? accept([{ type: 'WebhookRecovered', data: { webhook_id, at } }])
          : accept([]);
      case 'DisableWebhook': {
        const { by, error, position } = command.data;
        if (!webhook.enabled) return accept([]);
        const data = { webhook_id, by, error: error.slice(0, MAX_ERROR), position, at };
        return accept([{ type: 'WebhookDisabled', data }]);
      }
      default:
        return assertNever(command);
    }
  },
};

const MAX_ERROR = 500;

function create({ data, metadata }: CreateWebhook, webhook: WebhookState): Decision<WebhookEvent> {
  const { attempt_id, ...created } = data;
  const { webhook_id } = data;
  if (webhook) {
    const why = 'it was created before';
    return reject('conflict', 'webhook_exists', `Expected to create webhook '${webhook_id}', but ${why}`);
  }
  const { actor, time: created_at } = metadata;
  const created_by = `${actor.type}:${actor.id}`.slice(0, 200);
  return accept([{ type: 'WebhookCreated', data: { ...created, created_by, created_at } }], {
    webhook_id,
    created_at,
    attempt_id,
  });
}

function change({ data, metadata }: ChangeWebhook, before: WebhookDocument): Decision<WebhookEvent> {
  const { webhook_id, position, ...changes } = data;
  const { url, events, description, filter, enabled } = before;
  const old: WebhookTerms = { url, events, description, filter, enabled };
  const terms = { ...old, ...changes };
  if (isSameJson(terms, old)) return accept([], { webhook_id, updated_at: before.updated_at });
  const at = metadata.time;
  return accept([{ type: 'WebhookChanged', data: { webhook_id, ...terms, position, at } }], {
    webhook_id,
    updated_at: at,
  });
}

function rotate({ data, metadata }: RotateWebhookSecret, webhook: WebhookDocument): Decision<WebhookEvent> {
  const { webhook_id, secret_version, attempt_id } = data;
  const rotation = rotationTo(secret_version, webhook.secret_version, metadata.time);
  const { overlap_until } = rotation;
  return accept([{ type: 'WebhookSecretRotated', data: { webhook_id, ...rotation } }], {
    ...{ webhook_id, secret_version, overlap_until, attempt_id },
  });
}

function replay({ data, metadata }: ReplayWebhook, webhook: WebhookDocument): Decision<WebhookEvent> {
  const { webhook_id, from, to } = data;
  if (!webhook.enabled) {
    const why = 'it is disabled: enable it first';
    return reject('conflict', 'webhook_disabled', `Expected to replay events to webhook '${webhook_id}', but ${why}`);
  }
  const [replay_id = ''] = metadata.fresh_ids;
  const requested = { ...data, replay_id, at: metadata.time };
  return accept([{ type: 'WebhookReplayRequested', data: requested }], { webhook_id, replay_id, from, to });
}

export function unknownWebhook(verb: string, webhookId: string): Rejection {
  return reject('not_found', 'webhook_not_found', `Expected to ${verb} webhook '${webhookId}', but there is none`);
}

/** Stream `webhook-<uuid>`. */
export const webhookAggregate: Aggregate<WebhookState, WebhookCommand, WebhookEvent> = {
  category: 'webhook',
  decider: webhookDecider,
  schemaVersions: schemaVersionsOf(webhookEvents),
  freshIds: 1,
};
