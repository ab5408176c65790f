import { isEnded, UNDO, type RunDocument } from '@ao/contracts';
import { advance } from './run.advance';
import { RunDraft } from './run.draft';
import { isContainer } from './run.plan';

/** Stops after the first event: that there is one is all that is asked. */
const ONE = { events: 1, bytes: 1 };

/**
 * The earliest time at which `Wake` has something to do; null: never by itself. It is `updated_at`, so at once, where the
 * last decision was full.
 */
export function nextWake(run: RunDocument): string | null {
  if (isEnded(run.status)) return null;
  const draft = new RunDraft(run, run.updated_at, ONE);
  advance(draft);
  if (draft.events.length > 0) return run.updated_at;

  let earliest: string | null = null;
  // What was due by then and has not been done waits for something else: a place, or that the run goes on.
  const at = (time: string | null) => {
    if (time !== null && time > run.updated_at && (earliest === null || time < earliest)) earliest = time;
  };
  const full = fullContainers(run);
  if (run.status !== 'compensating') at(run.deadline);
  for (const [name, { status, work, timeout_at, retry_at }] of Object.entries(run.nodes)) {
    if (status === 'running') {
      at(timeout_at);
      if (work?.type === 'timer') at(work.due_at);
    } else if (status === 'waiting' && retry_at !== null) {
      if (name.startsWith(UNDO)) {
        if (run.status !== 'paused') at(retry_at);
      } else if (run.status === 'running' && mayBegin(draft, name, full)) at(retry_at);
    }
  }
  return earliest;
}

/** Whether there is a place for its next attempt. Where there is none, what ends will make one, and what is due is looked at then. */
function mayBegin(draft: RunDraft, name: string, full: ReadonlySet<string>): boolean {
  const type = draft.node(name)?.work?.type ?? '';
  if (isContainer(type) || type === 'compensate') return true;
  return draft.hasRoom && !full.has(name.split('/', 1)[0]!);
}

/** Parallels and maps within which as much is at work as may be. */
function fullContainers({ nodes }: RunDocument): Set<string> {
  const atWork = new Map<string, number>();
  for (const [name, { status }] of Object.entries(nodes)) {
    if (status !== 'running' || !name.includes('/') || name.startsWith(UNDO)) continue;
    const container = name.split('/', 1)[0]!;
    atWork.set(container, (atWork.get(container) ?? 0) + 1);
  }
  const full = new Set<string>();
  for (const [container, count] of atWork) {
    const work = nodes[container]?.work;
    if ((work?.type === 'map' || work?.type === 'parallel') && count >= (work.limit ?? Infinity)) full.add(container);
  }
  return full;
}
