import { SSH_POOL, type TaskEvent } from '@ao/contracts';
import type { EventReader, LocalSubscription, Position } from '@ao/event-log';
import type { Pool } from 'pg';
import type { OpenTask, TaskInput } from '../open-task/open-task';
import { seedOpenTasks } from '../open-task/open-task.store';
import { OPEN_TASKS } from '../open-task/open-task.subscription';
import { withReopened } from '../open-task/reopen-task-when-retried';
import type { SshQueue } from './ssh-queue';
import type { SshRunner } from './ssh-runner';

export interface SshViewOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly log: Pick<EventReader, 'readStream'>;
  readonly queue: SshQueue;
  readonly runner: Pick<SshRunner, 'pump' | 'ended' | 'reseeded'>;
}

const PAGE = 1_000;

/** Seeds the queue from the table of open tasks and follows the log from there. */
export function sshView({ pool, log, queue, runner }: SshViewOptions): LocalSubscription {
  return {
    name: 'ssh-view',
    categories: ['task'],
    async seed(): Promise<Position> {
      // First the checkpoint: the table may be newer than that, and what is applied again comes to the same.
      const { rows } = await pool.query<{ position: Position }>(
        'select position from tasks.subscription_checkpoints where subscription = $1',
        [OPEN_TASKS],
      );
      const position = rows[0]?.position ?? 0;
      const tasks: OpenTask[] = [];
      for (;;) {
        const page = await seedOpenTasks(pool, SSH_POOL, tasks.at(-1)?.task_id, PAGE);
        tasks.push(...page);
        if (page.length < PAGE) break;
      }
      queue.load(tasks);
      runner.reseeded(position);
      return position;
    },
    async handle(events) {
      for (const event of events) {
        const retried = event.type === 'TaskRetried' ? await withReopened(log, event) : event;
        const ended = queue.apply(retried as unknown as TaskEvent & TaskInput);
        if (ended) runner.ended(ended);
      }
      runner.pump();
    },
  };
}
