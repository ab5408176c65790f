import { applyRunEvent, ownRun, UNDO, type OwnRun, type RunDocument, type RunEvent, type RunNode } from '@ao/contracts';
import { isContainer, planOf, type Plan } from './run.plan';

/** How much one decision does. What is left is done by the next, which `nextWake` asks for at once. */
export interface Portion {
  /** A unit of the log holds 1,000 events; what follows from one step together is some more than is counted here. */
  readonly events: number;
  /** Of inputs and outputs. */
  readonly bytes: number;
}
const PORTION: Portion = { events: 400, bytes: 2 * 1024 * 1024 };

/** A decision in the making: the run as its events leave it, and the events. */
export class RunDraft {
  readonly events: RunEvent[] = [];
  readonly plan: Plan;
  private readonly now: OwnRun;
  private bytes = 0;
  /** Counted where the definition limits it. */
  private atWork: number | undefined;

  constructor(
    run: RunDocument,
    /** The time of the decision. */
    readonly at: string,
    private readonly portion = PORTION,
  ) {
    this.now = ownRun(run);
    this.plan = planOf(run);
    if (this.plan.definition.max_parallel !== undefined)
      this.atWork = Object.entries(run.nodes).filter(([name, node]) => isAtWork(name, node)).length;
  }

  get run(): RunDocument {
    return this.now;
  }

  node(name: string): RunNode | undefined {
    return this.now.nodes[name];
  }

  /** `bytes`: of what it gives or takes, where that may be much. */
  emit(event: RunEvent, bytes = 0): void {
    this.events.push(event);
    this.bytes += bytes;
    const name = 'node' in event.data ? event.data.node : undefined;
    const before = name !== undefined && isAtWork(name, this.now.nodes[name]);
    applyRunEvent(this.now, event);
    const after = name !== undefined && isAtWork(name, this.now.nodes[name]);
    if (this.atWork !== undefined) this.atWork += Number(after) - Number(before);
  }

  /** Whether this decision must stop here. */
  get isFull(): boolean {
    return this.events.length >= this.portion.events || this.bytes >= this.portion.bytes;
  }

  /** Whether one more step may begin. */
  get hasRoom(): boolean {
    const { max_parallel } = this.plan.definition;
    return !this.isFull && (max_parallel === undefined || this.atWork! < max_parallel);
  }
}

/** Parallels and maps are not at work themselves, what is within them is; taking back counts as no step. */
function isAtWork(name: string, node: RunNode | undefined): boolean {
  if (node?.status !== 'running' || name.startsWith(UNDO)) return false;
  const type = node.work?.type ?? '';
  return !isContainer(type) && type !== 'compensate';
}
