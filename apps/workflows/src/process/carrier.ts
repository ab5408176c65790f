import type { RunDocument, Work } from '@ao/contracts';
import type { WorkKind, WorkRef } from './work';

export type WorkOf<Kind extends WorkKind> = Extract<Work, { type: Kind }>;

/** What becomes of work that was begun. */
export type Begun =
  /** Its end is waited for. */
  | 'open'
  /** The step has been told of its end. */
  | 'over';

/**
 * Carries out one kind of work. Each may be asked for again, by this process or by another one, at any time after: the same
 * work has the same ids, and is done once. What throws is tried again.
 */
export interface Carrier<Kind extends WorkKind = WorkKind> {
  begin(ref: WorkRef, work: WorkOf<Kind>, run: RunDocument, signal: AbortSignal): Promise<Begun>;
  /** The step does not wait any more. `unknown`: there is no such work; it may be on its way still. */
  end(ref: WorkRef, reason: string): Promise<'ended' | 'unknown'>;
}

export type Carriers = { readonly [Kind in WorkKind]: Carrier<Kind> };

/** Nothing came of it for now: it is tried again. */
export class NotNowError extends Error {
  override readonly name = 'NotNowError';
}
