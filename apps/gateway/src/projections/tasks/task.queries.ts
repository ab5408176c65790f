import path from 'node:path';
import type { TaskLogEntry, TaskStatus } from '@ao/contracts';
import { sqlFile, type EventReader } from '@ao/event-log';
import { streamId } from '@ao/kernel';
import { foldAsOf } from '@ao/projections';
import type { Pool } from 'pg';
import { BatchReader } from '../batch-reader';
import type { ReadModelLists } from '../read-model-lists';
import { taskProjection } from './task.projection';
import type { TaskReadModel } from './task.read-model';
import { statisticsFrom, type TaskStatistics } from './task.statistics';

/** Counting stops here: an exact total of millions is worth less than the answer's speed. */
export const MAX_COUNTED = 10_000;

const NOW = { position: Number.MAX_SAFE_INTEGER };
const DURATIONS = sqlFile(path.join(__dirname, 'sql', 'durations-of-type.sql'));

export interface TaskFilter {
  /** Any of them. */
  readonly statuses?: readonly TaskStatus[];
  /** The agent that has or had it last, or that alone may have it. */
  readonly agentId?: string;
  /** The run of a workflow that made it. */
  readonly runId?: string;
  /** ISO 8601, exclusive. */
  readonly submitted?: { readonly after?: string; readonly before?: string };
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
    private readonly log: Pick<EventReader, 'readStream'>,
  ) {
    this.byId = new BatchReader((ids) => this.readMany(ids));
    this.counters = new BatchReader(async (keys) => {
      const statistics = await this.readCounters();
      return new Map(keys.map((key) => [key, statistics]));
    });
  }

  /** One that the model does not show yet is told as the log has it: whoever submitted it need not have waited. */
  async find(id: string): Promise<TaskReadModel | undefined> {
    return (await this.byId.load(id)) ?? this.fresh(id);
  }

  /** As the log has it: for the answer to a write, which must not depend on how far the model is. */
  async fresh(id: string): Promise<TaskReadModel | undefined> {
    return (await foldAsOf(this.log, taskProjection, streamId('task', id), NOW))?.document;
  }

  /** How long the newest completed tasks of a type took, in milliseconds. */
  async durationsOf(type: string, most: number): Promise<number[]> {
    const { rows } = await this.pool.query<{ milliseconds: number }>({
      name: 'durations_of_type',
      text: DURATIONS,
      values: [type, most],
    });
    return rows.map(({ milliseconds }) => milliseconds);
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
    const { rows } = await this.pool.query<LogRow>({
      name: 'find_task_logs',
      text: `select id, agent_id, logged_at, level, message from telemetry.task_logs
              where task_id = $1 and id > $2 order by id limit $3`,
      values: [taskId, page.after, page.limit],
    });
    return rows.map(logLineOf);
  }

  /** The newest of those lines, oldest first. */
  async latestLogsOf(taskId: string, most: number): Promise<TaskLogLine[]> {
    const { rows } = await this.pool.query<LogRow>({
      name: 'find_latest_task_logs',
      text: `select id, agent_id, logged_at, level, message from telemetry.task_logs
              where task_id = $1 order by id desc limit $2`,
      values: [taskId, most],
    });
    return rows.reverse().map(logLineOf);
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

type LogRow = Omit<TaskLogLine, 'timestamp'> & { readonly logged_at: Date };

function logLineOf({ id, agent_id, logged_at, level, message }: LogRow): TaskLogLine {
  return { id, agent_id, timestamp: logged_at.toISOString(), level, message };
}
