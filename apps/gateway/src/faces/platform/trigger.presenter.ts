import {
  nextTime,
  stillGood,
  type ResultOf,
  type testTrigger,
  type TriggerDocument,
  type TriggerHistoryEntry,
} from '@ao/contracts';
import { isoTime } from '@ao/kernel';
import { type ShownTriggerDto, type TestedTriggerDto, type TriggerHistoryEntryDto } from './trigger.schemas';
import { MASKED_SECRET } from './webhook.schemas';

/** `now`: Unix milliseconds. `secret`: one that was made up just now. */
export function presentTrigger(trigger: TriggerDocument, now: number, secret: string = MASKED_SECRET): ShownTriggerDto {
  const { trigger_id: id, name, description, config, action, enabled, throttle } = trigger;
  const { fired, failed, last_fired_at, last_error, created_by, created_at, updated_at } = trigger;
  const { type, ...shown } = config;
  const isHook = type === 'webhook';
  return {
    ...{ id, name, description, type, config: shown, action, enabled, throttle },
    hook: isHook ? `/api/v1/triggers/${id}/hook` : null,
    secret: isHook ? secret : null,
    former_secrets: stillGood(trigger.former_secrets, now),
    next_at: enabled ? nextAt(trigger, now) : null,
    ...{ fired, failed, last_fired_at, last_error, created_by, created_at, updated_at },
  };
}

function nextAt({ config, created_at }: TriggerDocument, now: number): string | null {
  if (config.type !== 'cron') return null;
  const { expression, time_zone } = config;
  const timing = { type: 'cron' as const, expression, time_zone };
  const next = nextTime({ timing, starts_at: null, ends_at: null, created_at }, now);
  return next === undefined ? null : isoTime(next);
}

export function presentTest(
  { trigger_id: id, ...tested }: ResultOf<typeof testTrigger>,
  dry_run: boolean,
): TestedTriggerDto {
  return { id, dry_run, would_fire: tested.reason === null, ...tested };
}

const NOTHING = { task_id: null, run_id: null, notice_id: null };

export function presentEntry({ entry_id: id, made, ...entry }: TriggerHistoryEntry): TriggerHistoryEntryDto {
  return { id, ...entry, ...(made ?? NOTHING) };
}
