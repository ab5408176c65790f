import { z } from 'zod';
import { command, event, query, type EventOf } from '../contract';
import { formerAfter, FormerSecrets, SecretRotation, SigningSecret } from '../signing-secret';
import { Id, Time, text } from '../text';
import { DeliveryAttempt, DeliveryTest } from './delivery';
import { SharedEventPatterns, StoredPatterns } from './public-event';

const CATEGORY = 'webhook';

const LONGEST_URL = 2_048;

/**
 * An absolute http(s) URL without user and password, as it is called; which hosts may be called is for the sender to judge.
 * What the parser would quietly replace is refused, and names and paths in other scripts count as they are sent.
 */
export const WebhookUrl = text(LONGEST_URL, 1)
  .refine((value) => {
    if (!URL.canParse(value)) return false;
    const { protocol, username, password, hash } = new URL(value);
    return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hash === '';
  }, 'must be an http or https URL without user, password and fragment')
  .transform((value) => new URL(value).href)
  .refine((href) => href.length <= LONGEST_URL, `must not have more than ${LONGEST_URL} characters as it is sent`);

export const WebhookTerms = z.object({
  url: WebhookUrl,
  events: SharedEventPatterns,
  description: text(2_000),
  /** CEL over `event`; absent: every event of those names. */
  filter: text(2_000, 1).nullable(),
  enabled: z.boolean(),
});
export type WebhookTerms = z.infer<typeof WebhookTerms>;
/** As events keep them: what a URL and a pattern may be is for commands to say. */
const StoredTerms = WebhookTerms.extend({ url: text(LONGEST_URL, 1), events: StoredPatterns });

/** Why it gets nothing: somebody said so, it answered 410, or it failed for too long. */
export const DISABLED_BY = ['request', 'gone', 'failures'] as const;

/**
 * Where the log ended shortly before: what has happened since is what one that is not enabled misses. A little of it may have
 * been taken for it already, which the ids of deliveries tell.
 */
const EndOfLog = z.int().min(0);

/** Stream `webhook-<uuid>`. What it was sent is in the delivery log, not here. */
export const webhookEvents = {
  WebhookCreated: event(
    CATEGORY,
    'WebhookCreated',
    1,
    StoredTerms.extend({
      webhook_id: Id,
      /** In the vault: what deliveries are signed with. */
      secret_id: Id,
      secret_version: z.int().min(1),
      /** Kind and id of who did: `user:<id>`. */
      created_by: text(200),
      position: EndOfLog,
      created_at: Time,
    }),
  ),
  /** All of its terms; `enabled` true after false takes it up again from there on. */
  WebhookChanged: event(
    CATEGORY,
    'WebhookChanged',
    1,
    StoredTerms.extend({ webhook_id: Id, position: EndOfLog, at: Time }),
  ),
  /** Deliveries carry a signature of the former version as well until `overlap_until`. */
  WebhookSecretRotated: event(
    CATEGORY,
    'WebhookSecretRotated',
    1,
    z.object({ webhook_id: Id }).extend(SecretRotation.shape),
  ),
  /** Nothing it was sent has arrived since `since`: if that goes on, it will be disabled at `disables_at`. */
  WebhookFailing: event(
    CATEGORY,
    'WebhookFailing',
    1,
    z.object({ webhook_id: Id, since: Time, disables_at: Time, error: text(500), at: Time }),
  ),
  /** Something arrived again. */
  WebhookRecovered: event(CATEGORY, 'WebhookRecovered', 1, z.object({ webhook_id: Id, at: Time })),
  /** By itself: a request says `WebhookChanged`. */
  WebhookDisabled: event(
    CATEGORY,
    'WebhookDisabled',
    1,
    z.object({
      webhook_id: Id,
      by: z.enum(DISABLED_BY),
      error: text(500),
      /** The log's position up to which events were taken for it: where a backfill goes on. */
      position: z.int(),
      at: Time,
    }),
  ),
  /** By one call; with `from`, what happened after that position is delivered as well. */
  WebhookEnabled: event(
    CATEGORY,
    'WebhookEnabled',
    1,
    z.object({ webhook_id: Id, from: z.int().nullable(), at: Time }),
  ),
  /** Events after `from` up to `to` that it covers are delivered (again), at most so many a second. */
  WebhookReplayRequested: event(
    CATEGORY,
    'WebhookReplayRequested',
    1,
    z.object({ webhook_id: Id, replay_id: Id, from: z.int(), to: z.int(), per_second: z.int().min(1), at: Time }),
  ),
  WebhookDeleted: event(CATEGORY, 'WebhookDeleted', 1, z.object({ webhook_id: Id, secret_id: Id, at: Time })),
} as const;
export type WebhookEvent = EventOf<typeof webhookEvents>;

export const WebhookDocument = StoredTerms.extend({
  webhook_id: Id,
  secret_id: Id,
  secret_version: z.int(),
  /** Newest first; one whose time is over may still be in it. */
  former_secrets: FormerSecrets,
  /** `failing`: nothing has arrived since `failing_since`. */
  status: z.enum(['active', 'failing', 'disabled']),
  failing_since: Time.nullable(),
  disables_at: Time.nullable(),
  disabled_by: z.enum(DISABLED_BY).nullable(),
  disabled_position: z.int().nullable(),
  last_error: text(500).nullable(),
  created_by: text(200),
  created_at: Time,
  updated_at: Time,
});
export type WebhookDocument = z.infer<typeof WebhookDocument>;

const well = { failing_since: null, disables_at: null, last_error: null } as const;
const enabled = { ...well, status: 'active', enabled: true, disabled_by: null, disabled_position: null } as const;
const disabledAt = (disabled_position: number) =>
  ({ status: 'disabled', disabled_by: 'request', disabled_position }) as const;

export function evolveWebhook(webhook: WebhookDocument | undefined, event: WebhookEvent): WebhookDocument | undefined {
  if (event.type === 'WebhookCreated') {
    const { created_at, position, ...data } = event.data;
    const started = { ...data, former_secrets: [], ...well, created_at, updated_at: created_at };
    return data.enabled ? { ...started, ...enabled } : { ...started, ...disabledAt(position) };
  }
  if (!webhook) return webhook;
  switch (event.type) {
    case 'WebhookChanged': {
      const { at, position, ...terms } = event.data;
      const changed = { ...webhook, ...terms, updated_at: at };
      if (terms.enabled === webhook.enabled) return changed;
      return terms.enabled ? { ...changed, ...enabled } : { ...changed, ...well, ...disabledAt(position) };
    }
    case 'WebhookSecretRotated': {
      const { secret_version, at } = event.data;
      const former_secrets = formerAfter(webhook.former_secrets, event.data);
      return { ...webhook, secret_version, former_secrets, updated_at: at };
    }
    case 'WebhookFailing': {
      const { since, disables_at, error } = event.data;
      return { ...webhook, status: 'failing', failing_since: since, disables_at, last_error: error };
    }
    case 'WebhookRecovered':
      return { ...webhook, ...well, status: webhook.enabled ? 'active' : 'disabled' };
    case 'WebhookDisabled': {
      const { by, error, position, at } = event.data;
      const last = { last_error: error, disabled_by: by, disabled_position: position, updated_at: at };
      return { ...webhook, ...last, enabled: false, status: 'disabled' };
    }
    case 'WebhookEnabled':
      return { ...webhook, ...enabled, updated_at: event.data.at };
    case 'WebhookDeleted':
      return undefined;
    default:
      return webhook;
  }
}

/**
 * Refused: a URL that may not be called (`/url`), a filter that is no CEL (`/filter`). A secret that is not given is made up,
 * and is in this answer alone: the same command again is refused with `secret_already_shown`.
 */
export const createWebhook = command(
  'notifications.create_webhook',
  WebhookTerms.extend({ secret: SigningSecret.optional() }),
  z.object({ webhook_id: Id, created_at: Time, secret: SigningSecret.optional() }),
);
/** Absent fields stay. `enabled` true after false: from now on; `enableWebhook` also delivers what it has missed. */
export const changeWebhook = command(
  'notifications.change_webhook',
  z.object({ webhook_id: Id }).extend(WebhookTerms.partial().shape),
  z.object({ webhook_id: Id, updated_at: Time }),
);
export const deleteWebhook = command(
  'notifications.delete_webhook',
  z.object({ webhook_id: Id }),
  z.object({ webhook_id: Id, deleted_at: Time }),
);
/** The former one signs as well for 24 h. As with `createWebhook`, a secret that is made up is shown once. */
export const rotateWebhookSecret = command(
  'notifications.rotate_webhook_secret',
  z.object({ webhook_id: Id, secret: SigningSecret.optional() }),
  z.object({
    webhook_id: Id,
    secret_version: z.int(),
    overlap_until: Time,
    secret: SigningSecret.optional(),
  }),
);
/** Takes up a disabled one again; `backfill`: with what it has missed since it was disabled. */
export const enableWebhook = command(
  'notifications.enable_webhook',
  z.object({ webhook_id: Id, backfill: z.boolean() }),
  z.object({ webhook_id: Id, from: z.int().nullable() }),
);
/**
 * Events after the one position up to the other; absent: up to the log's end as it is now. Positions that a time stands for
 * are the gateway's to find. 409 `webhook_disabled`.
 */
export const replayWebhook = command(
  'notifications.replay_webhook',
  z.object({
    webhook_id: Id,
    from_position: z.int().min(0),
    to_position: z.int().min(0).optional(),
    per_second: z.int().min(1).max(500),
  }),
  z.object({ webhook_id: Id, replay_id: Id, from: z.int(), to: z.int() }),
);
/** One attempt at once, which the delivery log keeps; what it said is the answer. */
export const testWebhook = command('notifications.test_webhook', z.object({ webhook_id: Id }), DeliveryTest);

/** How far its deliveries and replays are: asked of the service itself, never in an event. */
export const webhookProgress = query(
  'notifications.webhook_progress',
  z.object({ webhook_id: Id }),
  z.object({
    pending: z.int(),
    /** Ended deliveries; tests are not among them. */
    delivered: z.int(),
    failed: z.int(),
    last_delivered_at: Time.nullable(),
    /** The first failure after the last success: nothing has arrived since. */
    failing_since: Time.nullable(),
    last_attempt: DeliveryAttempt.pick({ at: true, status_code: true, error: true, detail: true })
      .extend({ delivered: z.boolean() })
      .nullable(),
    /** Events that it does not get because its filter could not be worked out for them, since it has this filter. */
    filter_errors: z.int(),
    last_filter_error: z.string().nullable(),
    /** The newest ones. Events after `from` up to `to`; it stands `at`. */
    replays: z.array(z.object({ replay_id: Id, from: z.int(), to: z.int(), at: z.int(), done: z.boolean() })),
  }),
);
