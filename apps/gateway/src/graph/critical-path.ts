import { UNDO, dependenciesOf, type Step } from '@ao/contracts';
import { containersOf, courseOf, type Attempt, type NodeCourse, type RunCourse } from './run-course';
import type { RunHistory } from './run-history';
import { coveredMs, taskWorkOf, workedAt, type Stretch } from './task-work';

/** One link of the chain that determined when a run ended: it begins where the link before it ends. */
export interface PathLink {
  readonly run_id: string;
  /** The node; null: the run itself, with nothing of it at work. */
  readonly node: string | null;
  /** Unix milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Of this time: in which nobody was at it (a queue, an agent that was lost, a retry, a person, a timer). */
  readonly wait_ms: number;
  readonly work_ms: number;
}

/**
 * The chain of nodes that determined when a run ended, from its start to its end without a gap, so that its waits and its work
 * add up to how long the run took. Each link is the node that ended last before the next could begin: of the steps that one
 * depends on, of the items that a full map waited for. Runs that a step waited for are told by their own chains.
 *
 * Of a run that goes on: the chain up to now, ending with what has been at work for the longest. Pure.
 * @param now Unix milliseconds: where what is open ends
 */
export function criticalPath(history: RunHistory, now: number): PathLink[] {
  const course = courseOf(history);
  if (!course) return [];
  const { run } = course;
  const from = Date.parse(run.started_at);
  const to = Math.max(from, run.ended_at === null ? now : Date.parse(run.ended_at));
  return new Path(history, course, now).whole(from, to);
}

class Path {
  private readonly dependencies: ReadonlyMap<string, readonly string[]>;
  /** Nodes within a container, by its key. */
  private readonly inner = new Map<string, NodeCourse[]>();
  private readonly outer: NodeCourse[] = [];

  constructor(
    private readonly history: RunHistory,
    private readonly course: RunCourse,
    private readonly now: number,
  ) {
    const { steps } = course.run.definition as { readonly steps?: unknown };
    this.dependencies = dependenciesOf(Array.isArray(steps) ? (steps as Step[]) : []);
    const containerOf = containersOf(course);
    for (const node of course.nodes.values()) {
      const container = containerOf(node);
      if (container === undefined) this.outer.push(node);
      else this.inner.set(container, [...(this.inner.get(container) ?? []), node]);
    }
  }

  whole(from: number, to: number): PathLink[] {
    const links = this.chain(this.outer, from, to, (node) => this.before(node));
    const reached = links.at(-1)?.to ?? from;
    if (reached >= to && links.length > 0) return links;
    return [...links, this.link(null, reached, to, 0)];
  }

  /** Back from what ended last, or is still at work, to the beginning. */
  private chain(
    nodes: readonly NodeCourse[],
    from: number,
    to: number,
    before: (node: NodeCourse) => readonly NodeCourse[],
  ): PathLink[] {
    const chain: NodeCourse[] = [];
    for (let next = lastOf(nodes); next; next = latestBefore(next, before(next))) chain.unshift(next);
    const links: PathLink[] = [];
    let reached = from;
    for (const node of chain) {
      const end = Math.min(to, node.ended_at === null ? this.now : Date.parse(node.ended_at));
      // Clocks of two processes may differ by some milliseconds; the chain never goes backwards.
      const upTo = Math.max(reached, end);
      links.push(...this.linksOf(node, reached, upTo));
      reached = upTo;
    }
    return links;
  }

  /** What a node may have waited for: its dependencies; of what takes steps back, whatever there was. */
  private before({ node }: NodeCourse): readonly NodeCourse[] {
    if (node.startsWith(UNDO)) return this.outer;
    return (this.dependencies.get(node) ?? []).flatMap((key) => this.course.nodes.get(key) ?? []);
  }

  private linksOf(node: NodeCourse, from: number, to: number): PathLink[] {
    const items = this.inner.get(node.node) ?? [];
    if (items.length > 0) {
      // With a limit an item begins when another ends.
      return this.closed(
        node,
        this.chain(items, from, to, () => items),
        from,
        to,
      );
    }
    const last = node.attempts.at(-1);
    const child = last?.work.type === 'workflow' ? this.history.children.get(last.work.child_run_id) : undefined;
    if (!child) return [this.link(node.node, from, to, coveredMs(this.stretches(node.attempts), from, to))];
    return this.closed(node, this.ofChild(node, child, from, to), from, to);
  }

  private ofChild(node: NodeCourse, child: RunHistory, from: number, to: number): PathLink[] {
    const links = criticalPath(child, this.now);
    const begins = Math.min(to, Math.max(from, links[0]?.from ?? to));
    const clipped = links.map((link) => clip(link, begins, to));
    return begins > from ? [this.link(node.node, from, begins, 0), ...clipped] : clipped;
  }

  /** With what is left up to the node's end: it ends a moment after the last of what is in it. */
  private closed(node: NodeCourse, links: PathLink[], from: number, to: number): PathLink[] {
    const reached = links.at(-1)?.to ?? from;
    return reached >= to && links.length > 0 ? links : [...links, this.link(node.node, reached, to, 0)];
  }

  /** When somebody was at it. */
  private stretches(attempts: readonly Attempt[]): Stretch[] {
    return attempts.flatMap(({ work, started_at, ended_at }): Stretch[] => {
      if (work.type === 'webhook')
        return [{ from: Date.parse(started_at), to: ended_at === null ? null : Date.parse(ended_at) }];
      const task = work.type === 'task' ? this.history.tasks.get(work.task_id) : undefined;
      return task ? workedAt(taskWorkOf(task.events)) : [];
    });
  }

  private link(node: string | null, from: number, to: number, work_ms: number): PathLink {
    return { run_id: this.course.run.run_id, node, from, to, wait_ms: to - from - work_ms, work_ms };
  }
}

/** What has been at work for the longest; where nothing is, what ended last. */
function lastOf(nodes: readonly NodeCourse[]): NodeCourse | undefined {
  let open: NodeCourse | undefined;
  let ended: NodeCourse | undefined;
  for (const node of nodes) {
    if (node.started === null) continue;
    if (node.ended === null) {
      if (!open || node.started < open.started!) open = node;
    } else if (!ended || node.ended > ended.ended!) ended = node;
  }
  return open ?? ended;
}

/** Of these the one that ended last before a node began. */
function latestBefore({ node, started }: NodeCourse, among: readonly NodeCourse[]): NodeCourse | undefined {
  let latest: NodeCourse | undefined;
  for (const other of among) {
    if (other.node === node || other.ended === null || started === null || other.ended >= started) continue;
    if (!latest || other.ended > latest.ended!) latest = other;
  }
  return latest;
}

function clip(link: PathLink, from: number, to: number): PathLink {
  const begins = Math.min(to, Math.max(from, link.from));
  const ends = Math.min(to, Math.max(begins, link.to));
  const work_ms = Math.min(link.work_ms, ends - begins);
  return { ...link, from: begins, to: ends, work_ms, wait_ms: ends - begins - work_ms };
}
