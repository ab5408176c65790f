/** Priorities are integers 0 to 100; the five names are bands of them (API conflict 8). */
export const PRIORITY_NAMES = ['urgent', 'critical', 'high', 'normal', 'low'] as const;
export type PriorityName = (typeof PRIORITY_NAMES)[number];

const VALUE: Record<PriorityName, number> = { urgent: 100, critical: 80, high: 60, normal: 40, low: 20 };
/** The lowest priority that still belongs to the band. */
const FLOOR: Record<PriorityName, number> = { urgent: 90, critical: 70, high: 50, normal: 30, low: 0 };

export function priorityValue(name: PriorityName): number {
  return VALUE[name];
}

/** The band of a priority 0 to 100. */
export function priorityBand(priority: number): PriorityName {
  return PRIORITY_NAMES.find((name) => priority >= FLOOR[name]) ?? 'low';
}

/** The band as an inclusive range of priorities. */
export function bandRange(name: PriorityName): { lowest: number; highest: number } {
  const above = PRIORITY_NAMES[PRIORITY_NAMES.indexOf(name) - 1];
  return { lowest: FLOOR[name], highest: above ? FLOOR[above] - 1 : 100 };
}

export function isPriorityName(text: string): text is PriorityName {
  return (PRIORITY_NAMES as readonly string[]).includes(text);
}
