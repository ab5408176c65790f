import type { HistoryEvent } from '@agent-orchestration/sdk';

/** One acquisition of a task by an agent, read from the task's history. */
export interface Attempt {
  readonly number: number;
  /** The control plane's id of the agent. */
  readonly agentId: string;
  readonly assignedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly outcome: 'completed' | 'failed' | 'returned' | 'lost' | 'cancelled' | 'paused' | 'expired' | 'open';
}

const OUTCOMES: Readonly<Record<string, readonly [outcome: Attempt['outcome'], time: string]>> = {
  TaskCompleted: ['completed', 'completed_at'],
  TaskAttemptFailed: ['failed', 'failed_at'],
  TaskFailed: ['failed', 'failed_at'],
  TaskReturned: ['returned', 'returned_at'],
  TaskLeaseExpired: ['lost', 'expired_at'],
  TaskCancelled: ['cancelled', 'cancelled_at'],
  TaskPaused: ['paused', 'paused_at'],
  TaskExpired: ['expired', 'expired_at'],
};

/** The attempts that a task's events tell of, in order. */
export function attemptsOf(events: readonly HistoryEvent[]): Attempt[] {
  const attempts: Attempt[] = [];
  const change = (update: Partial<Attempt>) => {
    const last = attempts.pop();
    if (last) attempts.push({ ...last, ...update });
  };
  for (const { type, data } of events) {
    if (type === 'TaskAssigned') {
      attempts.push({
        number: Number(data.attempt),
        agentId: String(data.agent_id),
        assignedAt: String(data.assigned_at),
        startedAt: null,
        endedAt: null,
        outcome: 'open',
      });
    } else if (type === 'TaskStarted') {
      change({ startedAt: String(data.started_at) });
    } else if (OUTCOMES[type] && attempts.at(-1)?.outcome === 'open') {
      const [outcome, time] = OUTCOMES[type];
      change({ outcome, endedAt: String(data[time]) });
    }
  }
  return attempts;
}
