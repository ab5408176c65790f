import { totalmem } from 'node:os';

/** What a worker reports of its load with each heartbeat. */
export class LoadMeter {
  private at = performance.now();
  private cpu = process.cpuUsage();

  read(running: number, waiting: number): Record<string, number> {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    const elapsedMs = Math.max(now - this.at, 1);
    this.at = now;
    this.cpu = process.cpuUsage();
    return {
      active_connections: running,
      pending_tasks: waiting,
      cpu_usage: round((user + system) / 1_000 / elapsedMs),
      memory_usage: round(process.memoryUsage.rss() / totalmem()),
    };
  }
}

/** A share as per cent with one decimal. */
function round(share: number): number {
  return Math.round(share * 1_000) / 10;
}
