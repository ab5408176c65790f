import type { TaskLogEntry, TaskStatus } from '@ao/contracts';
import type { Pool } from 'pg';
import { BatchReader } from '../batch-reader';
import type { ReadModelLists } from '../read-model-lists';
import type { TaskReadModel } from './task.read-model';
import { statisticsFrom, type TaskStatistics } from './task.statistics';

export interface TaskFilter {
  readonly status?: TaskStatus;
  readonly agentId?: string;
  /** Inclusive. */
  readonly priority?: { readonly lowest: number; readonly highest: number };
  readonly limit: number;
  readonly offset: number;
}

export interface TaskProgress {
  /** Per cent. */
  readonly progress: number;
  readonly message: string | null;
}

export interface TaskLogLine extends TaskLogEntry {
  readonly id: number;
  readonly agent_id: string;
}

/** Reads of the model `tasks`. */
export class TaskQueries {
  private readonly byId: BatchReader<TaskReadModel>;
  private readonly counters: BatchReader<TaskStatistics>;

  constructor(
    private readonly pool: Pool,
    private readonly lists: ReadModelLists,
  ) {
    this.byId = new BatchReader((ids) => this.readMany(ids));
    this.counters = new BatchReader(async (keys) => {
      const statistics = await this.readCounters();
      return new Map(keys.map((key) => [key, statistics]));
    });
  }

  find(id: string): Promise<TaskReadModel | undefined> {
    return this.byId.load(id);
  }

  /** The sums over all tasks. */
  async statistics(): Promise<TaskStatistics> {
    return (await this.counters.load('all')) ?? statisticsFrom({});
  }

  /** What the agents of these tasks last told of their progress: telemetry, joined when asked. */
  async progressOf(tasks: readonly Pick<TaskReadModel, 'task_id'>[]): Promise<Map<string, TaskProgress>> {
    if (tasks.length === 0) return new Map();
    const { rows } = await this.pool.query<TaskProgress & { task_id: string }>({
      name: 'find_task_progress',
      text: 'select task_id, progress, message from telemetry.task_progress where task_id = any($1::uuid[])',
      values: [tasks.map(({ task_id }) => task_id)],
    });
    return new Map(rows.map(({ task_id, progress, message }) => [task_id, { progress, message }]));
  }

  /** The lines that agents logged for a task, in the order they came; `after` is the `id` of the last line known. */
  async logsOf(taskId: string, page: { readonly after: number; readonly limit: number }): Promise<TaskLogLine[]> {
    const { rows } = await this.pool.query<Omit<TaskLogLine, 'timestamp'> & { logged_at: Date }>({
      name: 'find_task_logs',
      text: `select id, agent_id, logged_at, level, message from telemetry.task_logs
              where task_id = $1 and id > $2 order by id limit $3`,
      values: [taskId, page.after, page.limit],
    });
    return rows.map(({ id, agent_id, logged_at, level, message }) => ({
      id,
      agent_id,
      timestamp: logged_at.toISOString(),
      level,
      message,
    }));
  }

  /** Newest first. `total` is counted to a bound. */
  async list(filter: TaskFilter): Promise<{ tasks: TaskReadModel[]; total: number }> {
    const { rows, total } = await this.lists.tasks(filter);
    return { tasks: rows.map(({ document }) => document), total };
  }

  private async readMany(ids: readonly string[]): Promise<Map<string, TaskReadModel>> {
    const { rows } = await this.pool.query<{ id: string; document: TaskReadModel }>({
      name: 'find_tasks',
      text: 'select id, document from read_models.tasks where id = any($1)',
      values: [ids],
    });
    return new Map(rows.map(({ id, document }) => [id, document]));
  }

  private async readCounters(): Promise<TaskStatistics> {
    const { rows } = await this.pool.query<{ counter: string; value: number }>({
      name: 'task_statistics',
      text: 'select counter, value from read_models.task_counters',
    });
    return statisticsFrom(Object.fromEntries(rows.map(({ counter, value }) => [counter, value])));
  }
}
