import {
  evolveTrigger,
  rotationTo,
  schemaVersionsOf,
  triggerEvents,
  type TriggerCause,
  type TriggerDocument,
  type TriggerEvent,
  type TriggerOutcome,
  type TriggerTerms,
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
import { compileTrigger, type WrongTerms } from './compile-trigger';

interface Reference {
  readonly trigger_id: string;
}
interface Secret {
  readonly secret_id: string | null;
  readonly secret_version: number | null;
}

/** One `attempt_id` per attempt at the command: a secret that was made up is shown to the attempt that its answer names. */
export type CreateTrigger = Command<
  'CreateTrigger',
  TriggerTerms & Reference & Secret & { readonly attempt_id: string }
>;
/** What is absent stays as it is. */
export type ChangeTrigger = Command<'ChangeTrigger', Partial<TriggerTerms> & Reference>;
export type RotateTriggerSecret = Command<
  'RotateTriggerSecret',
  Reference & { readonly secret_version: number; readonly attempt_id: string }
>;
export type ToggleTrigger = Command<'ToggleTrigger', Reference & { readonly enabled?: boolean }>;
export type DeleteTrigger = Command<'DeleteTrigger', Reference>;
/** What became of a firing: `outcome`, or else the reason why nothing did. */
export type RecordFiring = Command<
  'RecordFiring',
  Reference & {
    readonly firing_id: string;
    readonly cause: TriggerCause;
    readonly action: string;
    readonly depth: number;
    readonly outcome: TriggerOutcome | null;
    readonly reason: string;
  }
>;
export type TriggerCommand =
  CreateTrigger | ChangeTrigger | RotateTriggerSecret | ToggleTrigger | DeleteTrigger | RecordFiring;

/** Undefined: there is none (any more). */
export type TriggerState = TriggerDocument | undefined;

const VERBS = {
  ChangeTrigger: 'change',
  RotateTriggerSecret: 'rotate the secret of',
  ToggleTrigger: 'toggle',
  DeleteTrigger: 'delete',
  RecordFiring: 'fire',
} as const;
const MAX_REASON = 500;

export const triggerDecider: Decider<TriggerState, TriggerCommand, TriggerEvent> = {
  initialState: () => undefined,
  evolve: evolveTrigger,
  decide(command, trigger): Decision<TriggerEvent> {
    const at = command.metadata.time;
    if (command.type === 'CreateTrigger') return create(command, trigger);
    const { trigger_id } = command.data;
    if (!trigger) return unknownTrigger(VERBS[command.type], trigger_id);
    switch (command.type) {
      case 'ChangeTrigger':
        return change(command, trigger);
      case 'RotateTriggerSecret':
        return rotate(command, trigger);
      case 'ToggleTrigger': {
        const enabled = command.data.enabled ?? !trigger.enabled;
        if (enabled === trigger.enabled) return accept([], { trigger_id, enabled, updated_at: trigger.updated_at });
        const type = enabled ? 'TriggerEnabled' : 'TriggerDisabled';
        return accept([{ type, data: { trigger_id, at } }], { trigger_id, enabled, updated_at: at });
      }
      case 'DeleteTrigger': {
        const { secret_id } = trigger;
        return accept([{ type: 'TriggerDeleted', data: { trigger_id, secret_id, at } }], {
          trigger_id,
          deleted_at: at,
        });
      }
      case 'RecordFiring': {
        const { outcome, reason, ...firing } = command.data;
        if (outcome) return accept([{ type: 'TriggerFired', data: { ...firing, outcome, at } }]);
        return accept([
          { type: 'TriggerFailed', data: { ...firing, reason: reason.slice(0, MAX_REASON).toWellFormed(), at } },
        ]);
      }
      default:
        return assertNever(command);
    }
  },
};

function create({ data, metadata }: CreateTrigger, before: TriggerState): Decision<TriggerEvent> {
  const { attempt_id, ...trigger } = data;
  const { trigger_id } = trigger;
  if (before)
    return reject('conflict', 'trigger_exists', `Expected to create trigger '${trigger_id}', but there is one`);
  const wrong = whyNot(data);
  if (wrong) return wrong;
  const { actor, time: created_at } = metadata;
  const created_by = `${actor.type}:${actor.id}`.slice(0, 200);
  return accept([{ type: 'TriggerCreated', data: { ...trigger, created_by, created_at } }], {
    ...{ trigger_id, created_at, attempt_id },
  });
}

function change({ data, metadata }: ChangeTrigger, trigger: TriggerDocument): Decision<TriggerEvent> {
  const { trigger_id } = data;
  const before = termsOf(trigger);
  const terms = termsOf({ ...before, ...given(data) });
  if (terms.config.type !== before.config.type) {
    const why = `it is of the type ${before.config.type}: create another one`;
    return reject(
      'invalid',
      'trigger_type_fixed',
      `Expected to change trigger '${trigger_id}', but ${why}`,
      '/config/type',
    );
  }
  const wrong = whyNot(terms);
  if (wrong) return wrong;
  if (isSameJson(terms, before)) return accept([], { trigger_id, updated_at: trigger.updated_at });
  const at = metadata.time;
  return accept([{ type: 'TriggerChanged', data: { ...terms, trigger_id, at } }], { trigger_id, updated_at: at });
}

function rotate({ data, metadata }: RotateTriggerSecret, trigger: TriggerDocument): Decision<TriggerEvent> {
  const { trigger_id, secret_version, attempt_id } = data;
  if (trigger.secret_version === null) return withoutSecret(trigger_id);
  const rotation = rotationTo(secret_version, trigger.secret_version, metadata.time);
  const { overlap_until } = rotation;
  return accept([{ type: 'TriggerSecretRotated', data: { trigger_id, ...rotation } }], {
    ...{ trigger_id, secret_version, overlap_until, attempt_id },
  });
}

/** What is wrong with terms by themselves, with the field's pointer. */
export function whyNot(terms: TriggerTerms): Rejection | undefined {
  const { action } = terms;
  if (action.type === 'send_notification') {
    const { recipients, channels } = action;
    if (recipients.users.length + recipients.roles.length + channels.length === 0)
      return notUnderstood({ pointer: '/action/recipients', reason: 'it names no user, no role and no channel' });
  }
  const compiled = compileTrigger(terms);
  return 'pointer' in compiled ? notUnderstood(compiled) : undefined;
}

const notUnderstood = ({ pointer, reason }: WrongTerms): Rejection =>
  reject('invalid', 'trigger_not_understood', `Expected a trigger that can fire, but: ${reason}`, pointer);

export function unknownTrigger(verb: string, triggerId: string): Rejection {
  return reject('not_found', 'trigger_not_found', `Expected to ${verb} trigger '${triggerId}', but there is none`);
}

export function withoutSecret(triggerId: string): Rejection {
  const why = 'only a webhook trigger has one';
  return reject(
    'conflict',
    'trigger_without_secret',
    `Expected to rotate the secret of trigger '${triggerId}', but ${why}`,
  );
}

/** Somebody deleted it from the vault. */
export function secretGone(verb: string, triggerId: string): Rejection {
  const why = 'its secret is gone from the vault: delete the trigger, and create it anew';
  return reject('conflict', 'trigger_secret_gone', `Expected to ${verb} trigger '${triggerId}', but ${why}`);
}

export function termsOf({ name, description, config, action, enabled, throttle }: TriggerTerms): TriggerTerms {
  return { name, description, config, action, enabled, throttle };
}

function given({ name, description, config, action, enabled, throttle }: Partial<TriggerTerms>): Partial<TriggerTerms> {
  const fields = { name, description, config, action, enabled, throttle };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Stream `trigger-<uuid>`. */
export const triggerAggregate: Aggregate<TriggerState, TriggerCommand, TriggerEvent> = {
  category: 'trigger',
  decider: triggerDecider,
  schemaVersions: schemaVersionsOf(triggerEvents),
  freshIds: 0,
};
