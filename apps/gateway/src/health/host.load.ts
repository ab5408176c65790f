import { statfs } from 'node:fs/promises';
import { availableParallelism, loadavg, totalmem } from 'node:os';

export interface HostLoad {
  /** Processes that wanted to run, per core, over the last minute: 1 is all of the machine. */
  readonly system_load: number;
  /** Per cent, of what this process may have: the machine's, or its container's. */
  readonly memory_usage: number;
  /** Per cent, of the file system that holds the data folder; null while that cannot be read. */
  readonly disk_usage: number | null;
}

/** Of the machine that this process runs on. */
export async function hostLoad(dataFolder: string, disk = diskUsage(dataFolder)): Promise<HostLoad> {
  // 0 or an enormous number: nothing but the machine limits it.
  const total = Math.min(process.constrainedMemory() || Infinity, totalmem());
  return {
    system_load: Math.round((loadavg()[0]! / availableParallelism()) * 100) / 100,
    memory_usage: percent(total - Math.min(process.availableMemory(), total), total),
    disk_usage: await disk.catch(() => null),
  };
}

/** As `df` has it: of what is for everybody, blocks that only root may take left out. */
async function diskUsage(folder: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(folder);
  const used = blocks - bfree;
  return percent(used, used + bavail);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1_000) / 10;
}
