import type { PoolEvent } from '@ao/contracts';
import type { EventBatch, EventReader, LocalSubscription, Position } from '@ao/event-log';
import type { Pool, PoolClient } from 'pg';
import type { OpenTask } from '../open-task/open-task';
import { seedAgents, seedOpenTasks } from '../open-task/open-task.store';
import { OPEN_TASKS, OPEN_TASK_CATEGORIES } from '../open-task/open-task.subscription';
import { withReopened } from '../open-task/reopen-task-when-retried';
import { poolStream } from '../pool/pool.decider';
import { rosterAgent, type RosterAgent } from './agent-roster';
import type { PoolModel } from './pool-model';
import type { Submissions } from './submissions';

export interface PoolOwner {
  readonly owner: string;
  readonly epoch: number;
}

/** What follows the log for a pool in this process. */
export interface PoolView {
  readonly subscription: LocalSubscription;
  /** Who took the pool last, as far as this process has read. */
  owner(): PoolOwner | undefined;
}

export interface PoolViewOptions {
  readonly pool: Pool;
  readonly log: Pick<EventReader, 'readStream'>;
  readonly model: PoolModel;
  readonly submissions: Submissions;
  /** After each batch, with the position of its last event. */
  readonly followed: (position: Position) => void;
  /** After each seed. */
  readonly reseeded: (position: Position) => void;
}

const PAGE = 20_000;
/** Their documents are larger, and most of one is not kept. */
const PAGE_OF_AGENTS = 2_000;

/** Seeds the model from the tables of `open-tasks` at their checkpoint and follows the log from there. */
export function poolView({ pool, log, model, submissions, followed, reseeded }: PoolViewOptions): PoolView {
  const stream = poolStream(model.pool);
  let owner: PoolOwner | undefined;

  async function handle(events: EventBatch): Promise<void> {
    for (const event of events) {
      if (event.category === 'pool') {
        const { data } = event as unknown as PoolEvent;
        if (event.stream_id === stream) owner = { owner: data.owner, epoch: event.version };
        continue;
      }
      submissions.remember(event);
      model.apply(event.type === 'TaskRetried' ? await withReopened(log, event) : event);
      if (event.category === 'task') {
        const { task_id } = event.data as { task_id: string };
        if (model.taskOf(task_id) === undefined) submissions.forget(task_id);
      }
    }
    followed(events.at(-1)!.position);
  }

  async function seed(): Promise<Position> {
    owner = await lastOwner(log, stream);
    const position = await inSnapshot(pool, async (client) => {
      const { rows } = await client.query<{ position: Position }>(
        'select position from tasks.subscription_checkpoints where subscription = $1',
        [OPEN_TASKS],
      );
      const agents: RosterAgent[] = [];
      for (;;) {
        const page = await seedAgents(client, agents.at(-1)?.agent_id, PAGE_OF_AGENTS);
        for (const document of page) agents.push(rosterAgent(document));
        if (page.length < PAGE_OF_AGENTS) break;
      }
      const tasks: OpenTask[] = [];
      for (;;) {
        const page = await seedOpenTasks(client, model.pool, tasks.at(-1)?.task_id, PAGE);
        tasks.push(...page);
        if (page.length < PAGE) break;
      }
      tasks.sort((a, b) => a.position - b.position);
      model.load(agents, tasks);
      return rows[0]?.position ?? 0;
    });
    reseeded(position);
    return position;
  }

  return {
    subscription: { name: 'pool-view', categories: [...OPEN_TASK_CATEGORIES, 'pool'], seed, handle },
    owner: () => owner,
  };
}

async function lastOwner(log: Pick<EventReader, 'readStream'>, stream: string): Promise<PoolOwner | undefined> {
  let owner: PoolOwner | undefined;
  for (;;) {
    const events = await log.readStream(stream, { fromVersion: (owner?.epoch ?? 0) + 1 });
    const last = events.at(-1);
    if (!last) return owner;
    owner = { owner: (last as unknown as PoolEvent).data.owner, epoch: last.version };
  }
}

/** All reads see the same moment: the tables and the checkpoint that they belong to. */
async function inSnapshot<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let failure: Error | undefined;
  try {
    await client.query('begin isolation level repeatable read read only');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    failure = error as Error;
    throw error;
  } finally {
    // A connection that failed in a transaction is not given to the next user.
    client.release(failure);
  }
}
