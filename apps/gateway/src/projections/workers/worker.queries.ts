import type { WorkerDocument } from '@ao/contracts';
import { sqlFile, type EventReader } from '@ao/event-log';
import path from 'node:path';
import type { Pool } from 'pg';
import { DocumentReader } from '../document.reader';
import type { TaskReadModel } from '../tasks/task.read-model';
import { overviewFrom, type OverviewRow, type WorkerOverview } from './worker.overview';
import { workerProjection } from './worker.projection';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const LIST = sql('list');
const OVERVIEW = sql('overview');
const PENDING_TASKS = sql('pending-tasks');

/** What is known of a worker besides its document. */
export interface WorkerTelemetry {
  readonly last_seen: Date | null;
  readonly load_metrics: Readonly<Record<string, number>> | null;
  /** That are placed on it. */
  readonly agents: number;
  /** Of those, the ones that can be reached. */
  readonly online: number;
}

export type WorkerNow = WorkerTelemetry & { readonly document: WorkerDocument };

/** Reads of the model `workers`, joined with telemetry when they are asked, never before. */
export class WorkerQueries extends DocumentReader<WorkerDocument> {
  constructor(
    private readonly database: Pool,
    log: Pick<EventReader, 'readStream'>,
  ) {
    super(database, log, workerProjection);
  }

  /** Newest first. */
  async list({ limit, offset }: { readonly limit: number; readonly offset: number }) {
    const [page, counted] = await Promise.all([
      this.read(null, limit, offset),
      this.database.query<{ total: string }>({
        name: 'count_workers',
        text: 'select count(*) as total from read_models.workers',
      }),
    ]);
    return { workers: page, total: Number(counted.rows[0]?.total ?? 0) };
  }

  /** As the log has it now, with the telemetry and the agents that are known by now. */
  async now(id: string): Promise<WorkerNow | undefined> {
    const [document, [known]] = await Promise.all([this.fresh(id), this.read([id], 1, 0)]);
    if (!document) return undefined;
    const { last_seen = null, load_metrics = null, agents = 0, online = 0 } = known ?? {};
    return { document, last_seen, load_metrics, agents, online };
  }

  async overview(): Promise<WorkerOverview> {
    const { rows } = await this.database.query<OverviewRow>({ name: 'worker_overview', text: OVERVIEW });
    return overviewFrom(rows);
  }

  /** Handed to its agents and not started yet, or queued for one of them alone: the most urgent first. */
  async pendingTasks(workerId: string, limit: number): Promise<TaskReadModel[]> {
    const { rows } = await this.database.query<{ document: TaskReadModel }>({
      name: 'pending_tasks_of_worker',
      text: PENDING_TASKS,
      values: [workerId, limit],
    });
    return rows.map(({ document }) => document);
  }

  private async read(ids: readonly string[] | null, limit: number, offset: number): Promise<WorkerNow[]> {
    const { rows } = await this.database.query<WorkerNow>({
      name: 'list_workers',
      text: LIST,
      values: [ids, limit, offset],
    });
    return rows;
  }
}
