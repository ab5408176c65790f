import { createHash } from 'node:crypto';
import { allEvents, type TaskEvent } from '@ao/contracts';
import type { EventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';

/** Tasks that live at the same time: their events stand between each other's, as in a fleet at work. */
const AT_ONCE = 500;

/** Writes the lives of tasks, four events each, by as many callers as there are tasks at a time. */
export async function fillWithTasks(log: EventLog, events: number): Promise<void> {
  let left = Math.ceil(events / 4);
  const live = async () => {
    while (left > 0) {
      left -= 1;
      const task_id = newId();
      for (const event of lifeOf(task_id)) await append(log, `task-${task_id}`, event);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, live));
}

function lifeOf(task_id: string): TaskEvent[] {
  const agent_id = newId();
  const lease = { task_id, agent_id, attempt: 1, lease_token: newId() };
  const time = new Date().toISOString();
  return [
    {
      type: 'TaskSubmitted',
      data: {
        ...{ task_id, pool: 'default', type: 'read.text', priority: 40, submitted_at: time, lease_seconds: 60 },
        payload: { path: 'docs/handbook.md', language: 'en', pages: [1, 2, 3] },
        requirements: { capabilities: ['read.text'] },
        retry: { max_attempts: 3, initial_delay_ms: 1_000, factor: 2, max_delay_ms: 300_000, jitter: 0.2 },
      },
    },
    {
      type: 'TaskAssigned',
      data: {
        ...lease,
        ...{ assigned_at: time, lease_expires_at: time, pool: 'default', epoch: 1 },
        reason: { strategy: 'least_connections', candidates: [{ agent_id, score: 0 }], candidate_count: 1 },
      },
    },
    { type: 'TaskStarted', data: { ...lease, started_at: time } },
    {
      type: 'TaskCompleted',
      data: { ...lease, completed_at: time, result: { words: 1_204, keywords: ['log', 'event'] } },
    },
  ];
}

async function append(log: EventLog, stream_id: string, { type, data }: TaskEvent): Promise<void> {
  const command_id = newId();
  await log.append({
    streams: [{ stream_id, events: [{ type, data, schema_version: allEvents[type].schemaVersion }] }],
    metadata: {
      actor: { type: 'system', id: 'bench' },
      correlation_id: command_id,
      causation_id: command_id,
      command_id,
    },
    command_hash: createHash('sha256').update(command_id).digest('hex'),
    result: {},
  });
}
