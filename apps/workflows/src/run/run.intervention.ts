import { isFor, MAX_KEPT_SIGNALS, MAX_VALUE_BYTES, type RunDocument, type RunEvent } from '@ao/contracts';
import { accept, type Decision } from '@ao/kernel';
import { jsonBytes } from './json-bytes';
import { advance } from './run.advance';
import { hasEnded, refuse, tooLarge, type Cancel, type Pause, type Resume, type Signal } from './run.commands';
import { stop } from './run.compensation';
import { RunDraft } from './run.draft';
import { clipped } from './run.inputs';
import { take } from './run.outcome';
import { doingOf, planOf } from './run.plan';

const STOPS = 'it is stopping';

export function pause(command: Pause, run: RunDocument): Decision<RunEvent> {
  const { run_id, status, paused_at } = run;
  const at = command.metadata.time;
  if (status === 'paused') return accept([], { paused_at });
  if (status === 'compensating') return refuse(command, 'run_compensating', STOPS);
  if (status !== 'running') return hasEnded(command, status);
  const draft = new RunDraft(run, at);
  draft.emit({ type: 'RunPaused', data: { run_id, reason: command.data.reason, at } });
  advance(draft);
  return accept(draft.events, { paused_at: at });
}

/** What was due meanwhile happens now. */
export function resume(command: Resume, run: RunDocument): Decision<RunEvent> {
  const { run_id, status } = run;
  const at = command.metadata.time;
  if (status === 'running') return accept([], { resumed_at: at });
  if (status === 'compensating') return refuse(command, 'run_compensating', STOPS);
  if (status !== 'paused') return hasEnded(command, status);
  const draft = new RunDraft(run, at);
  draft.emit({ type: 'RunResumed', data: { run_id, at } });
  advance(draft);
  return accept(draft.events, { resumed_at: at });
}

export function cancel(command: Cancel, run: RunDocument): Decision<RunEvent> {
  const { status, ended_at, compensating } = run;
  const at = command.metadata.time;
  if (status === 'cancelled') return accept([], { cancelled_at: ended_at, status });
  if (status === 'compensating') {
    if (compensating?.outcome === 'cancelled') return accept([], { cancelled_at: run.updated_at, status });
    return refuse(command, 'run_compensating', 'it failed, and is stopping');
  }
  if (status === 'completed' || status === 'failed') return hasEnded(command, status);
  const draft = new RunDraft(run, at);
  stop(draft, 'cancelled', { node: null, class: 'cancelled', message: clipped(command.data.reason, 500) });
  advance(draft);
  return accept(draft.events, { cancelled_at: at, status: draft.run.status });
}

/** Taken by the step that has waited longest for it, else kept for one that will. */
export function signal(command: Signal, run: RunDocument): Decision<RunEvent> {
  const { signal_id, name, correlation, payload, sent_by } = command.data;
  const { run_id, status, nodes, signals } = run;
  const at = command.metadata.time;
  const result = { signal_id, run_id, received_at: at };
  if (signals.some((kept) => kept.signal_id === signal_id)) return accept([], result);
  if (Object.values(nodes).some((node) => node.signal_id === signal_id)) return accept([], result);
  if (status !== 'running' && status !== 'paused') {
    return status === 'compensating' ? refuse(command, 'run_compensating', STOPS) : hasEnded(command, status);
  }
  const bytes = jsonBytes(payload);
  if (bytes > MAX_VALUE_BYTES) {
    const why = `its payload has ${bytes} bytes of JSON, more than ${MAX_VALUE_BYTES}`;
    return tooLarge(command, 'payload_too_large', why, '/payload');
  }
  const kept = { signal_id, name, correlation, payload, at };
  let taker: { readonly node: string; readonly since: string } | undefined;
  for (const [node, { status, work, started_at }] of Object.entries(nodes)) {
    if (status !== 'running' || work?.type !== 'signal' || !isFor(kept, work)) continue;
    const since = started_at ?? '';
    if (!taker || since < taker.since) taker = { node, since };
  }
  const doing = taker && doingOf(planOf(run), taker.node);
  if (!doing && signals.length >= MAX_KEPT_SIGNALS)
    return refuse(command, 'too_many_signals', `it keeps ${MAX_KEPT_SIGNALS} already that no step has taken`);
  const draft = new RunDraft(run, at);
  draft.emit({ type: 'SignalReceived', data: { run_id, ...kept, sent_by } }, bytes);
  if (doing) take(draft, doing, kept);
  advance(draft);
  return accept(draft.events, result);
}
