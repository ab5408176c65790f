import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Id, Json, Time, Word, text } from '../text';

const CATEGORY = 'signal';

/** The step of a run that a signal is for: one attempt of a node. */
export const SignalTaker = z.object({ run_id: Id, node: text(200, 1), attempt: z.int().min(1) });
export type SignalTaker = z.infer<typeof SignalTaker>;

const Signal = z.object({
  signal_id: Id,
  name: Word,
  correlation: text(500),
  payload: Json,
  sent_by: text(200, 1).nullable(),
});

/**
 * Signals that name no run: stream `signal-<derivedId('signal', name, correlation)>`. Each is kept until the step of one run,
 * and of no other, takes it.
 */
export const signalEvents = {
  SignalKept: event(CATEGORY, 'SignalKept', 1, Signal.extend({ at: Time })),
  SignalTaken: event(CATEGORY, 'SignalTaken', 1, Signal.extend({ ...SignalTaker.shape, at: Time })),
  /** The run that was to get it had ended: it is kept again. */
  SignalReturned: event(CATEGORY, 'SignalReturned', 1, Signal.extend({ ...SignalTaker.shape, at: Time })),
} as const;
export type SignalEvent = EventOf<typeof signalEvents>;
