import type { UsageEvent } from '@ao/contracts';
import { usageRowOf, type UsageRow } from '../projections/costs/cost.report';
import { Causes, Edges } from './graph-edges';
import type { BareNode } from './run-graph.types';

/** A graph while its histories are walked. */
export interface Draft {
  readonly nodes: Map<string, BareNode>;
  readonly edges: Edges;
  readonly causes: Causes;
  readonly usage: Map<string, UsageRow[]>;
  /** What is shown whatever else is not. */
  readonly firm: Set<string>;
  /** Unix milliseconds: where what is open ends. */
  readonly now: number;
}

export function newDraft(now: number): Draft {
  return { nodes: new Map(), edges: new Edges(), causes: new Causes(), usage: new Map(), firm: new Set(), now };
}

/** Adds what was used for a task to it, and to all that it was done for. */
export function charge({ usage }: Draft, ids: readonly string[], events: readonly { readonly data: unknown }[]): void {
  const rows = events.map(({ data }) => usageRowOf(data as UsageEvent['data']));
  if (rows.length === 0) return;
  for (const id of ids) {
    const known = usage.get(id);
    if (known) known.push(...rows);
    else usage.set(id, [...rows]);
  }
}

/** Of what is open the time up to now; null: it has not begun. */
export function durationOf(started: string | null, ended: string | null, now: number): number | null {
  if (started === null) return null;
  return Math.max(0, (ended === null ? now : Date.parse(ended)) - Date.parse(started));
}
