import {
  CheckedTiming,
  priorityValue,
  text,
  type CreateScheduleData,
  type ScheduleDocument,
  type TaskOrder,
} from '@ao/contracts';
import { z } from 'zod';
import { prefixedAgentId } from '../../projections/agents/agent.directory';
import type { DetailedTask } from './task.schemas';
import { operationsPriority } from './task.words';

/** Again and again: makes a schedule, with the policies that schedules have by default. */
export const CronSchedule = z.object({
  type: z.literal('cron'),
  /** 5 fields, or 6 with seconds first. */
  expression: text(256, 1),
  /** IANA. */
  time_zone: text(64, 1).default('UTC'),
});
export type CronSchedule = z.infer<typeof CronSchedule>;

/** What is wrong with the expression or the zone, by the check of schedules. */
export function issuesOfCron(schedule: CronSchedule): { path: PropertyKey[]; message: string }[] {
  const issues = CheckedTiming.safeParse(schedule).error?.issues ?? [];
  return issues.map(({ path, message }) => ({ path, message }));
}

export function scheduleOf(name: string, timing: CronSchedule, order: TaskOrder): CreateScheduleData {
  return {
    ...{ name, timing, task: order, description: '', paused: false },
    ...{ catch_up: 'once', overlap: 'skip', jitter_seconds: 0, starts_at: null, ends_at: null },
  };
}

/** There is no task yet: what is shown is the one that the schedule makes next, with the schedule's id. */
export function presentScheduledTask({ schedule_id, task, next, created_at }: ScheduleDocument): DetailedTask {
  const { agent_id } = task.requirements;
  return {
    id: `schedule_${schedule_id.replaceAll('-', '')}`,
    schedule_id,
    agent_id: agent_id === undefined ? null : prefixedAgentId(agent_id),
    type: task.type,
    ...{ status: 'pending', status_detail: 'scheduled' },
    priority: operationsPriority(task.priority ?? priorityValue('normal')),
    ...{ created_at, started_at: null, completed_at: null, duration: null, result: null },
    payload: task.payload,
    ...{ progress: 0, estimated_completion: null, scheduled_for: next?.scheduled_for ?? null },
    ...{ failure: null, reason: null, logs: [] },
  };
}
