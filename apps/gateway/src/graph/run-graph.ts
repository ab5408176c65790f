import { isoTime } from '@ao/kernel';
import { figuresOf, type CostTerms } from '../projections/costs/cost.report';
import { criticalPath, type PathLink } from './critical-path';
import { newDraft, type Draft } from './graph-draft';
import { addRun } from './graph-parts';
import { nodeId, type GraphNode, type PathStep, type RunGraph } from './run-graph.types';
import type { RunHistory, Unread } from './run-history';

/** More are left out: steps of the definition and what is on the critical path are the last to go. */
const MAX_NODES = 3_000;

export interface GraphTerms {
  /** Unix milliseconds: the moment that is shown. */
  readonly now: number;
  /** Absent: this caller may not see what things cost. */
  readonly costs?: CostTerms;
  readonly unread?: Readonly<Unread>;
  /** For tests; default 3,000. */
  readonly maxNodes?: number;
}

/** What really ran, from what the log tells; undefined for a history that does not begin with the start of a run. Pure. */
export function runGraph(history: RunHistory, terms: GraphTerms): RunGraph | undefined {
  const draft = newDraft(terms.now);
  const run = addRun(draft, history, []);
  if (!run) return undefined;
  draft.causes.into(draft.edges);
  const path = criticalPath(history, terms.now);
  const critical = new Set(path.map(idOfLink));
  const kept = cut(draft, critical, terms.maxNodes ?? MAX_NODES);
  const nodes = kept.map(([id, node]) => {
    const rows = draft.usage.get(id);
    const cost = rows && terms.costs ? figuresOf(rows, terms.costs) : null;
    return { ...node, cost, critical: critical.has(id) } as GraphNode;
  });
  const left = draft.nodes.size - nodes.length;
  const { events = 0, streams = 0, deeper_runs = 0 } = terms.unread ?? {};
  return {
    ...{ run_id: run.run_id, status: run.status, at: isoTime(terms.now) },
    ...{ started_at: run.started_at, ended_at: run.ended_at, nodes },
    edges: draft.edges.between(new Set(kept.map(([id]) => id))),
    critical_path: told(path, draft),
    truncated: left + events + streams + deeper_runs === 0 ? null : { events, streams, deeper_runs, nodes: left },
  };
}

function idOfLink({ run_id, node }: PathLink): string {
  return node === null ? nodeId.run(run_id) : nodeId.step(run_id, node);
}

/** The nodes in the order they came, no more than so many. */
function cut({ nodes, firm }: Draft, critical: ReadonlySet<string>, most: number) {
  const all = [...nodes];
  if (all.length <= most) return all;
  const rank = (id: string) => (firm.has(id) ? 0 : critical.has(id) ? 1 : 2);
  const order = all
    .map(([id], index) => ({ id, index, rank: rank(id) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index);
  const chosen = new Set(order.slice(0, most).map(({ id }) => id));
  return all.filter(([id]) => chosen.has(id));
}

function told(path: readonly PathLink[], { nodes }: Draft): RunGraph['critical_path'] {
  const steps = path.map((link): PathStep => {
    const id = idOfLink(link);
    const { wait_ms, work_ms, from, to } = link;
    return { node: id, label: nodes.get(id)?.label ?? id, from: isoTime(from), to: isoTime(to), wait_ms, work_ms };
  });
  const sum = (key: 'wait_ms' | 'work_ms') => path.reduce((total, link) => total + link[key], 0);
  const [wait_ms, work_ms] = [sum('wait_ms'), sum('work_ms')];
  return { total_ms: wait_ms + work_ms, wait_ms, work_ms, steps };
}
