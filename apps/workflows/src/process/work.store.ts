import path from 'node:path';
import { sqlFile } from '@ao/event-log';
import type { Pool, PoolClient } from 'pg';
import type { WorkRef } from './work';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const TAKE_ENDED = sql('take-ended');
const LEAVE = sql('leave');
const ADD = sql('add');
const WAIT_AGAIN = sql('wait-again');
const MARK_OPEN = sql('mark-open');
const REMOVE = sql('remove');
const TO_DO = sql('to-do');
const WAITERS = sql('waiters');
const TASKS = sql('tasks');

type Client = Pick<PoolClient, 'query'>;

export type WorkState = 'wanted' | 'open' | 'unwanted';

export interface WorkRow extends WorkRef {
  readonly state: WorkState;
  readonly signal_key: string | null;
  readonly position: number;
}

export type EndedWork = Pick<WorkRow, 'work_id' | 'kind' | 'run_id' | 'node' | 'attempt' | 'state'>;

/** Of a node, or (null) of the whole run. */
export interface LeftNode {
  readonly run_id: string;
  readonly node: string | null;
}

/** `workflows.run_work` within the subscription's transaction. Each is one statement, and none where there is nothing to do. */
export const workTable = {
  async takeEnded(client: Client, workIds: readonly string[]): Promise<EndedWork[]> {
    if (workIds.length === 0) return [];
    const { rows } = await client.query<EndedWork>({ name: 'work_take_ended', text: TAKE_ENDED, values: [workIds] });
    return rows;
  },
  async leave(client: Client, nodes: readonly LeftNode[]): Promise<WorkRef[]> {
    if (nodes.length === 0) return [];
    const values = [nodes.map(({ run_id }) => run_id), nodes.map(({ node }) => node)];
    const { rows } = await client.query<WorkRef>({ name: 'work_leave', text: LEAVE, values });
    return rows;
  },
  async add(client: Client, rows: readonly WorkRow[]): Promise<void> {
    if (rows.length === 0) return;
    await client.query({ name: 'work_add', text: ADD, values: [JSON.stringify(rows)] });
  },
  async waitAgain(client: Client, signalKeys: readonly string[]): Promise<WorkRef[]> {
    if (signalKeys.length === 0) return [];
    const { rows } = await client.query<WorkRef>({ name: 'work_wait_again', text: WAIT_AGAIN, values: [signalKeys] });
    return rows;
  },
};

const PAGE = 5_000;

/** The same table outside of the subscription. */
export class WorkStore {
  constructor(private readonly pool: Pool) {}

  async markOpen(workIds: readonly string[]): Promise<void> {
    await this.pool.query({ name: 'work_mark_open', text: MARK_OPEN, values: [workIds] });
  }

  /** Returns what could not be removed just now. */
  async remove(workIds: readonly string[]): Promise<string[]> {
    const { rows } = await this.pool.query<{ work_id: string }>({
      name: 'work_remove',
      text: REMOVE,
      values: [workIds],
    });
    return rows.map(({ work_id }) => work_id);
  }

  /** All that is to be begun or ended, the oldest first. */
  async *toDo(): AsyncGenerator<WorkRow> {
    for (let after = 0; ;) {
      const { rows } = await this.pool.query<WorkRow>({ name: 'work_to_do', text: TO_DO, values: [after, PAGE] });
      yield* rows;
      if (rows.length < PAGE) return;
      after = Number(rows.at(-1)!.position);
    }
  }

  /** The ids of all tasks that runs wait for. */
  async *tasks(): AsyncGenerator<string> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
      const { rows } = await this.pool.query<{ work_id: string }>({
        ...{ name: 'work_tasks', text: TASKS, values: [after, PAGE] },
      });
      for (const { work_id } of rows) yield work_id;
      if (rows.length < PAGE) return;
      after = rows.at(-1)!.work_id;
    }
  }

  async waiters(signalKey: string, most: number) {
    const { rows } = await this.pool.query<Pick<WorkRef, 'run_id' | 'node' | 'attempt'>>({
      ...{ name: 'work_waiters', text: WAITERS, values: [signalKey, most] },
    });
    return rows;
  }
}
