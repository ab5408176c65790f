import type { AgentToServer, DataOf, TaskLogEntry, reportTaskTelemetry } from '@ao/contracts';

export type TelemetryReport = DataOf<typeof reportTaskTelemetry>;
type Progress = Extract<AgentToServer, { type: 'task_progress' }>;
type Log = Extract<AgentToServer, { type: 'task_log' }>;

/** One report stays well under what a message carries. */
const MAX_REPORT_BYTES = 128 * 1024;
const MAX_REPORT_ENTRIES = 1_000;

/**
 * Progress and log lines of one agent between two flushes. Progress is a level, so only its latest value per task goes
 * out; log lines all go, in their order.
 */
export class TelemetryBatch {
  private readonly progress = new Map<string, TelemetryReport['progress'][number]>();
  private readonly logs: { readonly task_id: string; readonly entry: TaskLogEntry }[] = [];
  private bytes = 0;

  get isEmpty(): boolean {
    return this.progress.size === 0 && this.logs.length === 0;
  }

  /** Full: to be flushed now, not at the next tick. */
  get isFull(): boolean {
    return this.bytes >= MAX_REPORT_BYTES || this.logs.length + this.progress.size >= MAX_REPORT_ENTRIES;
  }

  addProgress({ taskId, progress, message }: Progress): void {
    if (!this.progress.has(taskId)) this.bytes += 100;
    this.bytes += message?.length ?? 0;
    this.progress.set(taskId, { task_id: taskId, progress, message });
  }

  addLog({ taskId, level, message, timestamp }: Log, now: string): void {
    this.bytes += 150 + message.length * 3;
    this.logs.push({ task_id: taskId, entry: { timestamp: timestamp ?? now, level, message } });
  }

  /** What has gathered, as reports that each fit a message; the batch is empty afterwards. */
  take(agentId: string): TelemetryReport {
    const logs = new Map<string, TaskLogEntry[]>();
    for (const { task_id, entry } of this.logs) {
      const entries = logs.get(task_id);
      if (entries) entries.push(entry);
      else logs.set(task_id, [entry]);
    }
    const report: TelemetryReport = {
      agent_id: agentId,
      progress: [...this.progress.values()],
      logs: [...logs].map(([task_id, entries]) => ({ task_id, entries })),
    };
    this.progress.clear();
    this.logs.length = 0;
    this.bytes = 0;
    return report;
  }
}
