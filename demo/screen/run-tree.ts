import type { RunGraph } from '@agent-orchestration/sdk';
import { printable } from './table';

type Node = RunGraph['nodes'][number];

/** The only parts of a map that are shown by themselves: what was tried more than once and what was critical. */
const MOST_ITEMS = 4;

/** Names what the graph knows by ids only. */
export interface TreeNames {
  readonly document: (item: string) => string | undefined;
  readonly agent: (agentId: string) => string | undefined;
  /** How many items a map had: a graph that is too large for one answer does not hold them all. */
  readonly items: (step: string) => number | undefined;
}

interface Line {
  readonly branch: string;
  readonly mark: string;
  readonly cells: readonly string[];
}

/**
 * The graph of a run as text: a line per step with when it began, how long it took and how often it was tried; below a map
 * the items that were tried again and those on the critical path. `◆` marks the critical path. Pure.
 */
export function runTree(graph: RunGraph, { document, agent, items: itemsOf }: TreeNames): string {
  const run = graph.nodes.find(({ id }) => id === `run:${graph.runId}`);
  const steps = graph.nodes.filter(({ kind, runId }) => kind === 'step' && runId === graph.runId);
  const roots = steps.filter(({ node }) => !String(node).includes('/'));
  const startedAt = Date.parse(run?.startedAt ?? '');
  const made = new Map<string, Node[]>();
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  for (const { from, to, kind } of graph.edges) {
    const node = kind === 'spawned' ? byId.get(to) : undefined;
    if (node) made.set(from, [...(made.get(from) ?? []), node]);
  }
  const within = (node: Node): Node[] => [node, ...(made.get(node.id) ?? []).flatMap(within)];
  const tasksOf = (step: Node) => within(step).filter(({ kind }) => kind === 'task');
  const triesOf = (step: Node) => tasksOf(step).reduce((sum, task) => sum + assignmentsOf(task).length, 0);

  const lineOf = (step: Node, branch: string, label: string, more: string): Line => ({
    branch,
    mark: step.critical ? '◆' : ' ',
    cells: [
      label,
      String(step.type ?? ''),
      step.status,
      step.startedAt === null ? '' : `+${seconds(Date.parse(step.startedAt) - startedAt)}`,
      step.durationMs === null ? '' : seconds(step.durationMs),
      more,
    ],
  });

  const lines: Line[] = [];
  for (const [place, step] of roots.entries()) {
    const last = place === roots.length - 1;
    const items = steps.filter(({ node }) => String(node).startsWith(`${String(step.node)}/`));
    const critical = step.critical || items.some((item) => item.critical);
    lines.push(lineOf({ ...step, critical }, last ? '└─' : '├─', String(step.node), moreOf(step, items)));
    const told = items.filter((item) => item.critical || triesOf(item) > 1).slice(0, MOST_ITEMS);
    for (const [index, item] of told.entries()) {
      const name = document(String(item.node)) ?? String(item.node);
      const branch = `${last ? '  ' : '│ '} ${index === told.length - 1 ? '└─' : '├─'}`;
      lines.push(lineOf({ ...item, type: null }, branch, name, historyOf(tasksOf(item))));
    }
  }

  function moreOf(step: Node, items: readonly Node[]): string {
    if (step.type === 'approval') return votesOf(within(step));
    if (step.type !== 'map') return historyOf(tasksOf(step));
    const attempts = items.reduce((sum, item) => sum + triesOf(item), 0);
    const count = `${itemsOf(String(step.node)) ?? items.length} items`;
    return graph.truncated ? count : `${count} in ${attempts} attempts`;
  }
  function historyOf(tasks: readonly Node[]): string {
    const shown = tasks.flatMap(assignmentsOf).map(({ agent_id, outcome }) => {
      const name = agent(agent_id) ?? agent_id;
      return outcome === 'completed' ? name : `${name} ✕ ${outcome.replaceAll('_', ' ')}`;
    });
    return shown.join(' → ');
  }

  const { totalMs, workMs, waitMs } = graph.criticalPath;
  const took = run?.durationMs === null || run === undefined ? '' : ` in ${seconds(run.durationMs)}`;
  return [
    `${printable(run?.label ?? graph.runId)}: ${graph.status}${took}`,
    ...aligned(lines),
    `◆ critical path: ${seconds(totalMs)} = ${seconds(workMs)} of work + ${seconds(waitMs)} of waiting`,
  ].join('\n');
}

function votesOf(nodes: readonly Node[]): string {
  const votes = nodes.flatMap(({ votes }) => (votes as { by: string; vote: string }[] | undefined) ?? []);
  return votes.map(({ by, vote }) => `${vote === 'approve' ? 'approved' : 'rejected'} by ${by}`).join(', ');
}

/** Ids of the agents that had a task of the run. */
export function agentsOf(graph: RunGraph): ReadonlySet<string> {
  return new Set(graph.nodes.flatMap(assignmentsOf).map(({ agent_id }) => agent_id));
}

const assignmentsOf = (task: Node) => (task.assignments as { agent_id: string; outcome: string }[] | undefined) ?? [];

/** Columns after the branches; times to the right. */
function aligned(lines: readonly Line[]): string[] {
  const cells = lines.map(({ branch, mark, cells: [label = '', ...rest] }) => [
    `${branch} ${mark} ${cut(printable(label))}`,
    ...rest.map(printable),
  ]);
  const widths = cells.reduce<number[]>((all, row) => row.map((cell, n) => Math.max(all[n] ?? 0, lengthOf(cell))), []);
  return cells.map((row) =>
    row
      .map((cell, n) => {
        const gap = ' '.repeat(Math.max(0, (widths[n] ?? 0) - lengthOf(cell)));
        return n === 3 || n === 4 ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd(),
  );
}

const lengthOf = (text: string) => [...text].length;
function cut(text: string, most = 40): string {
  const characters = [...text];
  return characters.length <= most ? text : `…${characters.slice(1 - most).join('')}`;
}
const seconds = (milliseconds: number) => `${(milliseconds / 1_000).toFixed(2)} s`;
