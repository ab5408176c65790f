import { z } from 'zod';
import { command, event, query, type DataOf, type EventOf } from '../contract';
import { Recipients, Severity } from '../notifications/notification';
import { SharedEventPatterns } from '../notifications/public-event';
import { formerAfter, FormerSecrets, SecretRotation, SigningSecret } from '../signing-secret';
import { CATCH_UP_POLICIES, MAX_CAUGHT_UP } from '../tasks/schedule';
import { isTimeZone, whyNoCron } from '../tasks/schedule-times';
import { ON_AGENT_LOST, TaskKey } from '../tasks/task.specification';
import { RetryOverrides } from '../tasks/task-type';
import { Id, Json, JsonObject, Time, Word, text } from '../text';

const CATEGORY = 'trigger';

export const TRIGGER_TYPES = ['cron', 'event', 'webhook', 'condition'] as const;
export const TriggerType = z.enum(TRIGGER_TYPES);
export type TriggerType = z.infer<typeof TriggerType>;

/** Triggers that lead to each other: so many one after the other, and none further. */
export const MAX_TRIGGER_DEPTH = 8;
/** Times that are caught up at most, as with schedules. */
export const MAX_TRIGGER_CAUGHT_UP = MAX_CAUGHT_UP;
/** Of what did not fire and what did, so many are kept of each trigger. */
export const MAX_TRIGGER_HISTORY = 1_000;
/**
 * Of a request that a webhook trigger takes, in bytes: as text within JSON, with every quote escaped, it still travels as one
 * command.
 */
export const MAX_HOOK_BYTES = 128 * 1024;

/**
 * How whoever sends a request proves it: by Standard Webhooks 1.0 (id, time and body are signed), or as GitHub does
 * (`X-Hub-Signature-256` over the body alone).
 */
export const HOOK_SIGNATURES = ['standard', 'github'] as const;

/** When it fires. */
export const TriggerConfig = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('cron'),
    expression: text(256, 1).superRefine((expression, context) => {
      const why = whyNoCron(expression);
      if (why !== undefined) context.addIssue({ code: 'custom', message: why });
    }),
    time_zone: text(64, 1).refine(isTimeZone, 'must be an IANA time zone'),
    catch_up: z.enum(CATCH_UP_POLICIES),
  }),
  /** On each public event that it covers; the condition is CEL over `event` and, of events `task.*`, `task`. */
  z.strictObject({ type: z.literal('event'), events: SharedEventPatterns, condition: text(2_000, 1).nullable() }),
  z.strictObject({ type: z.literal('webhook'), signature: z.enum(HOOK_SIGNATURES) }),
  /** Each time the condition, CEL over `queue`, `agents` and `tasks`, has become true; looked at every so many seconds. */
  z.strictObject({
    type: z.literal('condition'),
    condition: text(2_000, 1),
    every_seconds: z.int().min(10).max(86_400),
  }),
]);
export type TriggerConfig = z.infer<typeof TriggerConfig>;

/** Text in which `${{ CEL }}` stands for a value; one expression alone gives the value with its type. */
const Template = (max: number, min = 0) => text(max, min);

/** The task that a trigger submits. It names no secrets: what starts it may be anybody. */
export const TaskTemplate = z.strictObject({
  type: Template(500, 1),
  title: Template(200).optional(),
  description: Template(4_000).optional(),
  instructions: Template(32_000).optional(),
  payload: JsonObject.default({}),
  /** 0 to 100, a band's name, or an expression that gives one of them. */
  priority: z.union([z.int().min(0).max(100), Template(500, 1)]).optional(),
  agent_id: Template(500, 1).optional(),
  agent_type: Template(500, 1).optional(),
  capabilities: z.array(Template(500, 1)).max(100).optional(),
  lease_seconds: z.number().min(1).max(86_400).optional(),
  retry: RetryOverrides.optional(),
  on_agent_lost: z.enum(ON_AGENT_LOST).optional(),
  fairness_key: TaskKey.optional(),
  concurrency_key: TaskKey.optional(),
});
export type TaskTemplate = z.infer<typeof TaskTemplate>;

export const TRIGGER_ACTIONS = ['create_task', 'execute_workflow', 'send_notification'] as const;

/** What it does. */
export const TriggerAction = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('create_task'), task: TaskTemplate }),
  z.strictObject({
    type: z.literal('execute_workflow'),
    workflow_id: Id,
    /** Absent: the newest when it fires. */
    version: z.int().min(1).optional(),
    parameters: JsonObject.default({}),
    priority: z.union([z.int().min(0).max(100), Template(500, 1)]).optional(),
  }),
  z.strictObject({
    type: z.literal('send_notification'),
    severity: Severity,
    subject: Template(300, 1),
    body: Template(8_000),
    recipients: Recipients,
    channels: z.array(Id).max(20),
  }),
]);
export type TriggerAction = z.infer<typeof TriggerAction>;

export const TriggerTerms = z.object({
  name: text(200, 1),
  description: text(2_000),
  config: TriggerConfig,
  action: TriggerAction,
  enabled: z.boolean(),
  /** It fires at most `max` times in `seconds`; what is more does not fire, and the history says so. Null: no limit. */
  throttle: z.object({ max: z.int().min(1).max(10_000), seconds: z.int().min(1).max(86_400) }).nullable(),
});
export type TriggerTerms = z.infer<typeof TriggerTerms>;
/** As events keep them: what a configuration may be is for commands to say. */
const StoredTerms = TriggerTerms.extend({
  config: JsonObject as unknown as z.ZodType<TriggerConfig>,
  action: JsonObject as unknown as z.ZodType<TriggerAction>,
  throttle: z.object({ max: z.int().min(1), seconds: z.int().min(1) }).nullable(),
});

/** What led to a firing. */
export const TriggerCause = z.object({
  kind: z.enum(['cron', 'event', 'webhook', 'condition', 'test']),
  /** Name and place of the event. */
  event: text(100).nullable(),
  position: z.int().nullable(),
  /** The time that was due. */
  scheduled_for: Time.nullable(),
  /** `webhook-id`, or GitHub's id of the delivery. */
  message_id: text(256).nullable(),
});
export type TriggerCause = z.infer<typeof TriggerCause>;

/** What was made. */
export const TriggerOutcome = z.object({
  task_id: Id.nullable(),
  run_id: Id.nullable(),
  notice_id: Id.nullable(),
});
export type TriggerOutcome = z.infer<typeof TriggerOutcome>;

const Firing = z.object({
  trigger_id: Id,
  firing_id: Id,
  cause: TriggerCause,
  action: Word,
  /** Its place in a row of triggers that led to each other, from 1. */
  depth: z.int().min(1),
  at: Time,
});

/** Stream `trigger-<uuid>`. What did not fire is in the history of the service, not here. */
export const triggerEvents = {
  TriggerCreated: event(
    CATEGORY,
    'TriggerCreated',
    1,
    StoredTerms.extend({
      trigger_id: Id,
      /** Of a webhook trigger, in the vault: what requests are signed with. */
      secret_id: Id.nullable(),
      secret_version: z.int().min(1).nullable(),
      /** Kind and id of who did: `user:<id>`. */
      created_by: text(200),
      created_at: Time,
    }),
  ),
  /** Always with all of its terms. */
  TriggerChanged: event(CATEGORY, 'TriggerChanged', 1, StoredTerms.extend({ trigger_id: Id, at: Time })),
  TriggerEnabled: event(CATEGORY, 'TriggerEnabled', 1, z.object({ trigger_id: Id, at: Time })),
  TriggerDisabled: event(CATEGORY, 'TriggerDisabled', 1, z.object({ trigger_id: Id, at: Time })),
  /** Of a webhook trigger. Requests may be signed with the former version as well until `overlap_until`. */
  TriggerSecretRotated: event(
    CATEGORY,
    'TriggerSecretRotated',
    1,
    z.object({ trigger_id: Id }).extend(SecretRotation.shape),
  ),
  TriggerFired: event(CATEGORY, 'TriggerFired', 1, Firing.extend({ outcome: TriggerOutcome })),
  /** It should have fired, and what it was to do was refused or could not be worked out. */
  TriggerFailed: event(CATEGORY, 'TriggerFailed', 1, Firing.extend({ reason: text(500) })),
  TriggerDeleted: event(
    CATEGORY,
    'TriggerDeleted',
    1,
    z.object({ trigger_id: Id, secret_id: Id.nullable(), at: Time }),
  ),
} as const;
export type TriggerEvent = EventOf<typeof triggerEvents>;

export const TriggerDocument = StoredTerms.extend({
  trigger_id: Id,
  secret_id: Id.nullable(),
  secret_version: z.int().nullable(),
  former_secrets: FormerSecrets,
  fired: z.int(),
  failed: z.int(),
  last_fired_at: Time.nullable(),
  /** Of the newest firing; null: it did what it should, or has never fired. */
  last_error: z.string().nullable(),
  created_by: z.string(),
  /** Since when it has been as it is: times before are none of it. */
  enabled_at: Time.nullable(),
  created_at: Time,
  updated_at: Time,
});
export type TriggerDocument = z.infer<typeof TriggerDocument>;

/** The trigger after one more event; undefined: there is none (any more). Every reader folds with this function. */
export function evolveTrigger(trigger: TriggerDocument | undefined, event: TriggerEvent): TriggerDocument | undefined {
  if (event.type === 'TriggerCreated') {
    const { created_at, enabled } = event.data;
    const begun = { former_secrets: [], fired: 0, failed: 0, last_fired_at: null, last_error: null };
    return { ...event.data, ...begun, enabled_at: enabled ? created_at : null, updated_at: created_at };
  }
  if (!trigger) return trigger;
  switch (event.type) {
    case 'TriggerChanged': {
      const { at, ...terms } = event.data;
      return { ...trigger, ...terms, enabled_at: terms.enabled ? at : null, updated_at: at };
    }
    case 'TriggerEnabled':
      return { ...trigger, enabled: true, enabled_at: event.data.at, updated_at: event.data.at };
    case 'TriggerDisabled':
      return { ...trigger, enabled: false, enabled_at: null, updated_at: event.data.at };
    case 'TriggerSecretRotated': {
      const { secret_version, at } = event.data;
      const former_secrets = formerAfter(trigger.former_secrets, event.data);
      return { ...trigger, secret_version, former_secrets, updated_at: at };
    }
    case 'TriggerFired':
      return { ...trigger, fired: trigger.fired + 1, last_fired_at: event.data.at, last_error: null };
    case 'TriggerFailed':
      return { ...trigger, failed: trigger.failed + 1, last_error: event.data.reason };
    case 'TriggerDeleted':
      return undefined;
    default:
      return trigger;
  }
}

const Reference = z.object({ trigger_id: Id });

/**
 * 422 `trigger_not_understood` with the pointer of an expression that is none. A secret that is not given is made up for a
 * webhook trigger, and is in this answer alone: the same command again is refused with `secret_already_shown`.
 */
export const createTrigger = command(
  'workflows.create_trigger',
  TriggerTerms.extend({ secret: SigningSecret.optional() }),
  z.object({ trigger_id: Id, created_at: Time, secret: SigningSecret.optional() }),
);
export type CreateTrigger = DataOf<typeof createTrigger>;

/** Absent fields stay, and so does the type: 422 `trigger_type_fixed`. */
export const changeTrigger = command(
  'workflows.change_trigger',
  TriggerTerms.partial().extend({ trigger_id: Id }),
  z.object({ trigger_id: Id, updated_at: Time }),
);

/**
 * The former one is good as well for 24 h. As with `createTrigger`, a secret that is made up is shown once. 409
 * `trigger_without_secret` where the trigger is no webhook.
 */
export const rotateTriggerSecret = command(
  'workflows.rotate_trigger_secret',
  Reference.extend({ secret: SigningSecret.optional() }),
  Reference.extend({ secret_version: z.int(), overlap_until: Time, secret: SigningSecret.optional() }),
);

/** Without `enabled` it becomes the other of the two. From now on: what was due meanwhile is not caught up. */
export const toggleTrigger = command(
  'workflows.toggle_trigger',
  Reference.extend({ enabled: z.boolean().optional() }),
  z.object({ trigger_id: Id, enabled: z.boolean(), updated_at: Time }),
);

/** What it made stays. */
export const deleteTrigger = command(
  'workflows.delete_trigger',
  Reference,
  z.object({ trigger_id: Id, deleted_at: Time }),
);

/** What a trigger is tried with; what is absent is made up. */
export const TriggerSample = z.object({
  /** Of an event trigger. */
  event: z
    .object({
      name: text(100, 1),
      subject: z.object({ kind: text(64, 1), id: Id }).optional(),
      data: JsonObject.default({}),
    })
    .optional(),
  /** Of a webhook trigger. */
  payload: Json.optional(),
  headers: z.record(z.string().regex(/^[a-z0-9-]{1,64}$/), text(500)).optional(),
  /** Of a condition: figures in the place of those of now. */
  figures: z.object({ queue: JsonObject, agents: JsonObject, tasks: JsonObject }).partial().optional(),
});
export type TriggerSample = z.infer<typeof TriggerSample>;

/** Fires it with a sample, whether it is enabled or not; a dry run only shows what it would do. */
export const testTrigger = command(
  'workflows.test_trigger',
  Reference.extend({ sample: TriggerSample, dry_run: z.boolean() }),
  z.object({
    trigger_id: Id,
    /** Null: a dry run, or it does not fire. */
    firing_id: Id.nullable(),
    fired: z.boolean(),
    /** Why it does not. */
    reason: z.string().nullable(),
    detail: z.string().nullable(),
    /** With everything worked out; null: it could not be. */
    action: Json,
    outcome: TriggerOutcome.nullable(),
  }),
);
export type TestTrigger = DataOf<typeof testTrigger>;

/**
 * A request to a webhook trigger. 401 `signature_refused`; what does not fire for other reasons is taken all the same, and the
 * history says why. The same message again is answered as before, and does nothing.
 */
export const receiveHook = command(
  'workflows.receive_hook',
  Reference.extend({
    /** As it came, to the byte: what is signed. */
    body: z.string().max(MAX_HOOK_BYTES),
    headers: z.record(z.string().max(64), z.string().max(1_000)),
  }),
  z.object({ trigger_id: Id, firing_id: Id, fired: z.boolean(), reason: z.string().nullable() }),
);
export type ReceiveHook = DataOf<typeof receiveHook>;

/** Why it did not fire; of what failed `action_refused` or `template_error`. */
export const TRIGGER_REASONS = [
  'condition_false',
  'condition_error',
  'disabled',
  'throttled',
  'missed',
  'chain_too_deep',
  'signature_refused',
  'timestamp_refused',
  'payload_refused',
  'replayed',
  'template_error',
  'action_refused',
] as const;
export type TriggerReason = (typeof TRIGGER_REASONS)[number];

export const TriggerHistoryEntry = z.object({
  entry_id: z.int(),
  /** `firing`: it is being carried out. */
  outcome: z.enum(['firing', 'fired', 'failed', 'not_fired']),
  reason: z.string().nullable(),
  detail: z.string().nullable(),
  firing_id: Id.nullable(),
  cause: TriggerCause,
  /** What was made; null: nothing. */
  made: TriggerOutcome.nullable(),
  at: Time,
});
export type TriggerHistoryEntry = z.infer<typeof TriggerHistoryEntry>;

/** What fired and what did not, newest first: the newest 1,000 are kept. */
export const triggerHistory = query(
  'workflows.trigger_history',
  Reference.extend({
    outcome: z.enum(['firing', 'fired', 'failed', 'not_fired']).optional(),
    limit: z.int().min(1).max(200),
    offset: z.int().min(0).max(MAX_TRIGGER_HISTORY),
  }),
  z.object({ entries: z.array(TriggerHistoryEntry), total: z.int() }),
);
