type Metrics = Readonly<Record<string, number>>;

/** 0 to 1. Without `load` its processor says something of it, as a share or in percent. */
export function loadOf(metrics: Metrics): number | undefined {
  const { load, cpu_usage } = metrics;
  if (load !== undefined) return within(load);
  if (cpu_usage === undefined) return undefined;
  return within(cpu_usage > 1 ? cpu_usage / 100 : cpu_usage);
}

/** What it has to do by its own word. */
export function runningOf(metrics: Metrics): number {
  const { active_tasks, active_connections, pending_tasks } = metrics;
  return Math.max(0, active_tasks ?? active_connections ?? 0) + Math.max(0, pending_tasks ?? 0);
}

function within(share: number): number {
  return Math.min(1, Math.max(0, share));
}
