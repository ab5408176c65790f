import path from 'node:path';
import type { TaskLogEntry } from '@ao/contracts';
import { sqlFile } from '@ao/event-log';
import { isoTime, type Clock } from '@ao/kernel';
import type { Pool } from 'pg';

const WRITE_PROGRESS = sqlFile(path.join(__dirname, 'sql', 'write-progress.sql'));
const WRITE_LOGS = sqlFile(path.join(__dirname, 'sql', 'write-logs.sql'));

export interface TaskTelemetry {
  readonly agent_id: string;
  readonly progress: readonly { task_id: string; progress: number; message?: string }[];
  readonly logs: readonly { task_id: string; entries: readonly TaskLogEntry[] }[];
}

export interface TelemetryWriterOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly clock: Clock;
  /** Whether the agent has the task now. */
  readonly holds: (agentId: string, taskId: string) => boolean;
  /** A flush failed: what it had waits and is tried again. */
  readonly onFailure: (error: unknown) => void;
}

interface Reported {
  readonly task_id: string;
  readonly agent_id: string;
  /** The agent had the task when it reported; if not, it may be that this process has not heard of the lease yet. */
  readonly held: boolean;
}

interface Progress extends Reported {
  readonly progress: number;
  readonly message: string | null;
  readonly at: string;
}

interface LogLine extends TaskLogEntry, Reported {}

const FLUSH_AFTER_MS = 200;
const FLUSH_AT = 2_000;
/** Lines kept while Postgres is away; beyond them the oldest are lost. Telemetry must not bring the service down. */
const MOST_LINES = 50_000;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Progress and log lines, taken in memory and written in batches. A report from an agent that does not hold the task, as
 * far as this process knows, is looked at again when it is written: the log may have told of the lease by then.
 */
export class TelemetryWriter {
  private readonly progress = new Map<string, Progress>();
  private lines: LogLine[] = [];
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private failures = 0;
  private closed = false;

  constructor(private readonly options: TelemetryWriterOptions) {}

  take({ agent_id, progress, logs }: TaskTelemetry): void {
    const at = isoTime(this.options.clock.now());
    const { holds } = this.options;
    for (const { task_id, progress: percent, message = null } of progress) {
      const held = holds(agent_id, task_id);
      if (!held && this.progress.get(task_id)?.held) continue;
      this.progress.set(task_id, { task_id, agent_id, held, progress: percent, message, at });
    }
    for (const { task_id, entries } of logs) {
      const held = holds(agent_id, task_id);
      for (const entry of entries) this.lines.push({ ...entry, task_id, agent_id, held });
    }
    if (this.lines.length > MOST_LINES) this.lines.splice(0, this.lines.length - MOST_LINES);
    if (this.lines.length >= FLUSH_AT && this.failures === 0) void this.flush();
    else this.schedule(FLUSH_AFTER_MS);
  }

  /** Writes everything that waits now. Never rejects. */
  flush(): Promise<void> {
    this.running ??= this.write().finally(() => {
      this.running = undefined;
      if (this.progress.size + this.lines.length > 0) this.schedule(this.pause());
    });
    return this.running;
  }

  /** Writes what waits, and takes no timer after it. */
  async close(): Promise<void> {
    await this.running;
    this.closed = true;
    clearTimeout(this.timer);
    await this.flush();
  }

  private schedule(milliseconds: number): void {
    if (this.timer !== undefined || this.running || this.closed) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, milliseconds);
  }

  private pause(): number {
    return this.failures === 0 ? FLUSH_AFTER_MS : Math.min(LONGEST_PAUSE_MS, FLUSH_AFTER_MS * 2 ** this.failures);
  }

  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { holds, onFailure } = this.options;
    const counts = ({ held, agent_id, task_id }: Reported) => held || holds(agent_id, task_id);
    const progress = [...this.progress.values()];
    const { lines } = this;
    this.progress.clear();
    this.lines = [];
    try {
      await this.writeProgress(progress.filter(counts));
      progress.length = 0;
      await this.writeLines(lines.filter(counts));
      this.failures = 0;
    } catch (error) {
      this.failures += 1;
      for (const report of progress) if (!this.progress.has(report.task_id)) this.progress.set(report.task_id, report);
      this.lines = lines.concat(this.lines);
      onFailure(error);
    }
  }

  private async writeProgress(reports: Progress[]): Promise<void> {
    if (reports.length === 0) return;
    // In the order of their ids, so that two replicas never wait for each other's rows.
    reports.sort((a, b) => (a.task_id < b.task_id ? -1 : 1));
    await this.options.pool.query({
      name: 'write_task_progress',
      text: WRITE_PROGRESS,
      values: [
        reports.map(({ task_id }) => task_id),
        reports.map(({ agent_id }) => agent_id),
        reports.map(({ progress }) => progress),
        reports.map(({ message }) => message),
        reports.map(({ at }) => at),
      ],
    });
  }

  private async writeLines(lines: readonly LogLine[]): Promise<void> {
    for (let start = 0; start < lines.length; start += FLUSH_AT) {
      const page = lines.slice(start, start + FLUSH_AT);
      await this.options.pool.query({
        name: 'write_task_logs',
        text: WRITE_LOGS,
        values: [
          page.map(({ task_id }) => task_id),
          page.map(({ agent_id }) => agent_id),
          page.map(({ timestamp }) => timestamp),
          page.map(({ level }) => level),
          page.map(({ message }) => message),
        ],
      });
    }
  }
}
