import { RuleTerms, SEVERITIES, SharedEventPattern } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const terms = RuleTerms.shape;
const { users, roles } = terms.recipients.shape;

const CEL =
  'CEL over event {name, position, time, subject {kind, id}, data} and, of events task.*, task {type, title, priority, pool, capabilities, submitted_at}';

const Changeable = z.object({
  name: terms.name,
  description: terms.description,
  enabled: terms.enabled,
  events: terms.events,
  /** In the place of `events`: one of them. */
  event: SharedEventPattern,
  condition: terms.condition.meta({ description: `${CEL}; null: always` }),
  severity: z.enum(SEVERITIES),
  recipients: z.object({ users: users.default([]), roles: roles.default([]) }),
  channels: terms.channels,
  subject: terms.subject.meta({
    description: 'Text with ${{ CEL }} in it, which also knows count and events of a group',
  }),
  body: terms.body,
  /** At most `max` notices in `seconds` per group; what is left out is counted in the next one. */
  throttle: terms.throttle,
  /** Events of the same `by` (CEL) within so many seconds of the first become one notice. */
  group: z
    .object({ by: terms.group.unwrap().shape.by.default(null), seconds: terms.group.unwrap().shape.seconds })
    .nullable(),
});

const SUBJECT = '${{ event.name }}: ${{ event.subject.kind }} ${{ event.subject.id }}';

const New = Changeable.extend({
  description: Changeable.shape.description.default(''),
  enabled: Changeable.shape.enabled.default(true),
  events: Changeable.shape.events.optional(),
  event: Changeable.shape.event.optional(),
  condition: Changeable.shape.condition.default(null),
  severity: Changeable.shape.severity.default('info'),
  recipients: Changeable.shape.recipients.default({ users: [], roles: [] }),
  channels: Changeable.shape.channels.default([]),
  subject: Changeable.shape.subject.default(SUBJECT),
  body: Changeable.shape.body.default(''),
  throttle: Changeable.shape.throttle.default(null),
  group: Changeable.shape.group.default(null),
});

const EXAMPLE = {
  name: 'builds that fail',
  events: ['task.failed'],
  condition: 'task.type == "build" && event.data.failure.class != "Cancelled"',
  severity: 'warning',
  recipients: { roles: ['operator'] },
  subject: '${{ task.title }} failed',
  body: '${{ event.data.failure.message }}',
  throttle: { max: 10, seconds: 3_600 },
} as const;

interface Named {
  readonly event?: string;
  readonly events?: readonly string[];
}

function namesEvents({ event, events }: Named, context: z.RefinementCtx, needed: boolean): void {
  const message = event !== undefined && events !== undefined ? 'must not be given besides event' : 'must be given';
  if ((event !== undefined) === (events !== undefined) && (needed || event !== undefined))
    context.addIssue({ code: 'custom', path: ['events'], message });
}

/** `POST /api/v1/notifications/rules` */
export class NewRuleDto extends createZodDto(
  New.superRefine((rule, context) => namesEvents(rule, context, true)).meta({ example: EXAMPLE }),
) {}

/** `PUT /api/v1/notifications/rules/{id}`: the fields given change, each as a whole. */
export class RuleChangesDto extends createZodDto(
  Changeable.partial()
    .superRefine((rule, context) => namesEvents(rule, context, false))
    .meta({ example: { enabled: false } }),
) {}

const hours = z.number().min(0.1).max(720).default(24);

/** `POST /api/v1/notifications/rules/{id}/dry-run` */
export class RuleDryRunDto extends createZodDto(z.object({ hours }).meta({ example: { hours: 24 } })) {}

/** `POST /api/v1/notifications/rules/dry-run`: of a rule that there is not yet. */
export class NewRuleDryRunDto extends createZodDto(
  New.extend({ name: New.shape.name.default('dry run'), hours })
    .superRefine((rule, context) => namesEvents(rule, context, true))
    .meta({ example: { ...EXAMPLE, hours: 24 } }),
) {}

export class RuleListQueryDto extends createZodDto(
  Page.extend({
    enabled: z
      .enum(['true', 'false'])
      .transform((value) => value === 'true')
      .optional(),
  }),
) {}
export class RuleQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

export class ShownRuleDto extends createZodDto(
  z.object({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    events: z.array(z.string()),
    condition: z.string().nullable(),
    severity: z.enum(SEVERITIES),
    recipients: z.object({ users: z.array(z.uuid()), roles }),
    channels: z.array(z.uuid()),
    subject: z.string(),
    body: z.string(),
    throttle: terms.throttle,
    group: terms.group,
    created_at: Timestamp,
    updated_at: Timestamp,
  }),
) {}

/** What it would have sent. */
export class RuleDryRunReportDto extends createZodDto(
  z.object({
    /** Notices, after grouping and throttling. */
    would_send: z.int(),
    /** Events looked at, those that the rule is about, and those of them that the throttle left out. */
    events: z.int(),
    matched: z.int(),
    throttled: z.int(),
    from: Timestamp,
    /** The look begins later than asked for: it takes the newest 200,000 events of the log. */
    truncated: z.boolean(),
    /** What could not be worked out, and the first reason. */
    errors: z.int(),
    first_error: z.string().nullable(),
    /** The newest ten. */
    samples: z.array(
      z.object({
        event: z.string(),
        position: z.int(),
        time: Timestamp,
        subject: z.string(),
        body: z.string(),
      }),
    ),
  }),
) {}
