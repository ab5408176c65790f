import { INSTALLATION, userSubject } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { systemMetadata, isoTime, isRejection, newId, type Clock } from '@ao/kernel';
import { SubjectErasedError, type Sealer } from '@ao/sealing';
import { createRefusalCounter, type RefusalCounter } from './refusal-counter';
import { refusalAggregate } from './refusal.decider';
import { countedOf, type CountedRefusal, type Refusal } from './refusal.rules';

/** What a crash loses at most of the first attempts of a minute; of their repetitions up to the minute. */
const FLUSH_MS = 2_000;
/** While the log cannot be written: about a quarter of an hour at full rate. */
const MAX_WAITING = 1_000;

/** Where identity notes what it refused. */
export interface Refusals {
  /** Costs nothing that a caller could notice; never throws. */
  record(refusal: Refusal): void;
}

export interface RefusalRecorder extends Refusals {
  start(): void;
  /** Writes what is due; with `all` everything. What cannot be written now is kept for the next time. */
  flush(all?: boolean): Promise<void>;
  stop(): Promise<void>;
}

export interface RefusalRecorderOptions {
  readonly shell: CommandShell;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly onError: (error: unknown, lost: number) => void;
  readonly counter?: RefusalCounter;
}

interface Waiting {
  readonly refusal_id: string;
  readonly metadata: ReturnType<typeof systemMetadata>;
  readonly counted: CountedRefusal;
}

export function createRefusalRecorder(options: RefusalRecorderOptions): RefusalRecorder {
  const { shell, sealer, clock, onError, counter = createRefusalCounter() } = options;
  let waiting: Waiting[] = [];
  let flushing: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function sealed({ user_id, address }: CountedRefusal): Promise<string | null> {
    if (address === null) return null;
    if (user_id !== null) {
      try {
        return await sealer.seal(userSubject(user_id), 'address', address);
      } catch (error) {
        if (!(error instanceof SubjectErasedError)) throw error;
      }
    }
    return sealer.seal(INSTALLATION, 'address', address);
  }

  async function write({ refusal_id, metadata, counted }: Waiting): Promise<void> {
    const data = {
      ...counted,
      refusal_id,
      address: await sealed(counted),
      first_at: isoTime(counted.first_at),
      last_at: isoTime(counted.last_at),
    };
    // Sealed anew at each attempt, so what is the same at each of them is its id alone.
    const result = await shell.run(
      refusalAggregate,
      refusal_id,
      { type: 'RecordRefusal', data, metadata },
      { payload: { refusal_id }, isNew: true },
    );
    if (isRejection(result)) throw new Error(result.message);
  }

  async function writeDue(all: boolean): Promise<void> {
    for (const counted of counter.due(clock.now(), all))
      waiting.push({ refusal_id: newId(), metadata: systemMetadata('identity'), counted });
    const lost = waiting.splice(MAX_WAITING).length;
    const failed: Waiting[] = [];
    let failure: unknown;
    await Promise.all(
      waiting.splice(0).map(async (refusal) => {
        try {
          await write(refusal);
        } catch (error) {
          failure = error;
          failed.push(refusal);
        }
      }),
    );
    waiting = failed;
    if (failure !== undefined || lost > 0) onError(failure, lost);
  }

  const flush = (all = false) => (flushing = flushing.then(() => writeDue(all)));
  return {
    record(refusal) {
      const now = clock.now();
      counter.add(countedOf(refusal, now), now);
    },
    start() {
      timer ??= setInterval(() => void flush(), FLUSH_MS).unref();
    },
    flush,
    async stop() {
      clearInterval(timer);
      await flush(true);
    },
  };
}
