import {
  CATCH_UP_POLICIES,
  FormerSecrets,
  HOOK_SIGNATURES,
  JsonObject,
  Recipients,
  Severity,
  SigningSecret,
  TRIGGER_ACTIONS,
  TRIGGER_REASONS,
  TRIGGER_TYPES,
  TriggerAction,
  TriggerCause,
  TriggerConfig,
  TriggerHistoryEntry,
  TriggerOutcome,
  TriggerSample,
  TriggerTerms,
  type TriggerType,
} from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';
import { MASKED_SECRET } from './webhook.schemas';

const terms = TriggerTerms.shape;
const Type = z.enum(TRIGGER_TYPES);

/** What a configuration may leave out, by its type. */
const USUAL: Readonly<Record<TriggerType, object>> = {
  cron: { time_zone: 'UTC', catch_up: 'once' },
  event: { condition: null },
  webhook: { signature: 'standard' },
  condition: { every_seconds: 60 },
};

const CONFIG = `By type. cron: expression (5 fields, or 6 with seconds first), time_zone, catch_up (${CATCH_UP_POLICIES.join(', ')}).
event: events (names or patterns), condition (CEL over event and task). webhook: signature (${HOOK_SIGNATURES.join(', ')}).
condition: condition (CEL over queue, agents, tasks), every_seconds.`;

const Config = JsonObject.meta({ description: CONFIG });

/** A configuration of a type; an issue for each field that is wrong. */
export function configOf(
  type: TriggerType,
  config: Record<string, unknown>,
): { config: TriggerConfig } | { issues: readonly z.core.$ZodIssue[] } {
  if (config['type'] !== undefined && config['type'] !== type)
    return { issues: [{ code: 'custom', path: ['type'], message: `must be ${type}, or be left out`, input: config }] };
  const parsed = TriggerConfig.safeParse({ ...USUAL[type], ...config, type });
  return parsed.success ? { config: parsed.data } : { issues: parsed.error.issues };
}

const [createTask, executeWorkflow, sendNotification] = TriggerAction.options;
const TEXT = 'Text with ${{ CEL }} in it; one expression alone gives its value as it is';

const Action = z
  .discriminatedUnion('type', [
    createTask,
    executeWorkflow,
    sendNotification.extend({
      severity: Severity.default('info'),
      body: sendNotification.shape.body.default(''),
      recipients: z
        .object({
          users: Recipients.shape.users.default([]),
          roles: Recipients.shape.roles.default([]),
        })
        .default({ users: [], roles: [] }),
      channels: sendNotification.shape.channels.default([]),
    }),
  ])
  .meta({ description: `What it does. ${TEXT}` });

const throttle = terms.throttle.meta({ description: 'It fires at most max times in so many seconds; null: no limit' });
const secret = SigningSecret.optional().meta({
  description: 'Of a webhook trigger: what requests are signed with. Absent: one is made up and shown once',
});

const EXAMPLE = {
  name: 'retry what failed at night',
  type: 'event',
  config: { events: ['task.failed'], condition: 'task.type == "report"' },
  action: {
    type: 'create_task',
    task: { type: 'report', title: 'Again: ${{ task.title }}', payload: { of: '${{ event.subject.id }}' } },
  },
  throttle: { max: 10, seconds: 3_600 },
} as const;

/** Whoever needs no bound says so. */
const USUAL_THROTTLE = { max: 60, seconds: 60 };

/** `POST /api/v1/triggers` */
export class NewTriggerDto extends createZodDto(
  z
    .object({
      name: terms.name,
      description: terms.description.default(''),
      type: Type,
      config: Config,
      action: Action,
      enabled: terms.enabled.default(true),
      throttle: throttle.default(USUAL_THROTTLE),
      secret,
    })
    .transform(({ type, config, ...trigger }, context) => {
      const parsed = configOf(type, config);
      if ('config' in parsed) return { ...trigger, config: parsed.config };
      for (const issue of parsed.issues)
        context.issues.push({ ...issue, path: ['config', ...issue.path] } as z.core.$ZodRawIssue);
      return z.NEVER;
    })
    .meta({ example: EXAMPLE }),
) {}

/** `PUT /api/v1/triggers/{id}`: the fields given change, each as a whole; the type stays. */
export class TriggerChangesDto extends createZodDto(
  z
    .object({
      name: terms.name.optional(),
      description: terms.description.optional(),
      type: Type.optional(),
      config: Config.optional(),
      action: Action.optional(),
      enabled: terms.enabled.optional(),
      throttle: throttle.optional(),
      /** What is read may be sent back as it is. */
      secret: z
        .literal(MASKED_SECRET, { error: 'is changed by POST /api/v1/triggers/{id}/rotate-secret' })
        .nullable()
        .optional(),
    })
    .meta({ example: { throttle: null } }),
) {}

/** `POST /api/v1/triggers/{id}/rotate-secret` */
export class TriggerRotationDto extends createZodDto(z.object({ secret })) {}

/** `POST /api/v1/triggers/{id}/toggle`: without a field, it becomes the other of the two. */
export class TriggerToggleDto extends createZodDto(
  z.object({ enabled: z.boolean().optional() }).meta({ example: { enabled: false } }),
) {}

/** `POST /api/v1/triggers/{id}/test` */
export class TriggerTestDto extends createZodDto(
  z
    .object({
      sample: TriggerSample.default({}),
      dry_run: z.boolean().default(false).meta({ description: 'true: only show what it would do' }),
    })
    .meta({ example: { sample: { event: { name: 'task.failed', data: {} } }, dry_run: true } }),
) {}

export class TriggerListQueryDto extends createZodDto(
  Page.extend({
    type: Type.optional(),
    enabled: z
      .enum(['true', 'false'])
      .transform((value) => value === 'true')
      .optional(),
  }),
) {}
export class TriggerQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}
export class TriggerHistoryQueryDto extends createZodDto(
  Page.omit({ at_least: true }).extend({ outcome: TriggerHistoryEntry.shape.outcome.optional() }),
) {}

export class ShownTriggerDto extends createZodDto(
  z.object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    type: Type,
    config: z.record(z.string(), z.unknown()),
    action: z.record(z.string(), z.unknown()).meta({ description: `type: ${TRIGGER_ACTIONS.join(', ')}` }),
    enabled: z.boolean(),
    throttle: terms.throttle,
    /** Of a webhook trigger: the path that requests go to. */
    hook: z.string().nullable(),
    /** Of a webhook trigger; in clear only in the answer that made it up. */
    secret: z.string().nullable(),
    /** Versions of the secret that are good as well, and until when. */
    former_secrets: FormerSecrets,
    /** Of a cron trigger that is enabled. */
    next_at: Timestamp.nullable(),
    fired: z.int(),
    failed: z.int(),
    last_fired_at: Timestamp.nullable(),
    last_error: z.string().nullable(),
    /** Kind and id of who did. */
    created_by: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
  }),
) {}

export class ToggledTriggerDto extends createZodDto(
  z.object({ id: z.uuid(), enabled: z.boolean(), updated_at: Timestamp }),
) {}

const reasons = `One of ${TRIGGER_REASONS.join(', ')}`;

export class TestedTriggerDto extends createZodDto(
  z.object({
    id: z.uuid(),
    dry_run: z.boolean(),
    fired: z.boolean(),
    /** Whether it would: a dry run that finds no reason against it. */
    would_fire: z.boolean(),
    firing_id: z.uuid().nullable(),
    reason: z.string().nullable().meta({ description: reasons }),
    detail: z.string().nullable(),
    /** With everything worked out. */
    action: z.unknown(),
    outcome: TriggerOutcome.nullable(),
  }),
) {}

export class TriggerHistoryEntryDto extends createZodDto(
  z.object({
    id: z.int(),
    outcome: TriggerHistoryEntry.shape.outcome,
    reason: z.string().nullable().meta({ description: reasons }),
    detail: z.string().nullable(),
    firing_id: z.uuid().nullable(),
    cause: TriggerCause,
    task_id: z.uuid().nullable(),
    run_id: z.uuid().nullable(),
    notice_id: z.uuid().nullable(),
    at: Timestamp,
  }),
) {}

/** What a request to a webhook trigger led to. */
export class TakenHookDto extends createZodDto(
  z.object({ firing_id: z.uuid(), fired: z.boolean(), reason: z.string().nullable().meta({ description: reasons }) }),
) {}
