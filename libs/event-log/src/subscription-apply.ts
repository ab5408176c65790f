import type { Pool, PoolClient } from 'pg';
import { eventsOfRows } from './event-row';
import type { ParkedStore } from './parked-events';
import { HandlerError, type Checkpoint, type CheckpointStore } from './subscription-checkpoint';
import { backoff, faultOf, messageOf, pause } from './subscription-faults';
import type { EventBatch, OwnedSubscription } from './subscription.types';
import { readRowsAt } from './tail-page';
import type { Position, RecordedEvent } from './types';

export interface ApplyContext {
  readonly pool: Pool;
  readonly subscription: OwnedSubscription;
  readonly store: CheckpointStore;
  readonly parked: ParkedStore;
  readonly upcast: (event: RecordedEvent) => RecordedEvent;
  /** Told of each failure of the handler and, with `parked`, of each event that was parked for it. */
  readonly onFailure: (error: unknown, event: RecordedEvent | undefined, parked: boolean) => void;
}

/** How often an event is tried before it is parked, and the waits between: 20, 40, 80, 160 ms, each spread by half. */
const ATTEMPTS = 5;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;

/** The owner's side of a subscription: applies batches behind the checkpoint and parks what cannot be handled. */
export interface Applier {
  checkpoint(): Checkpoint;
  parkedStreams(): number;
  /** Applies what of the batch lies after the checkpoint, and moves it to `upTo`. Gives up when `owner` is aborted. */
  apply(events: EventBatch, upTo: Position, owner: AbortSignal): Promise<void>;
  /** Handles the parked streams whose retry was asked for, each in order, until one of its events fails again. */
  retryParked(owner: AbortSignal): Promise<void>;
}

interface Outcome {
  readonly next: Position;
  readonly handled: EventBatch;
}

export async function createApplier(context: ApplyContext, start: Checkpoint): Promise<Applier> {
  const { subscription, store, parked } = context;
  const blocked = await parked.streams();
  let checkpoint = start;
  /** A commit whose answer was lost; the checkpoint will tell what became of it. */
  let inDoubt: Outcome | undefined;

  async function handle(events: EventBatch, transaction: PoolClient): Promise<void> {
    try {
      await subscription.handle(events, transaction);
    } catch (error) {
      throw new HandlerError(error);
    }
  }

  async function commit(work: (client: PoolClient) => Promise<Outcome>): Promise<void> {
    let outcome: Outcome | undefined;
    try {
      await store.commit(checkpoint, async (client) => (outcome = await work(client)).next);
    } catch (error) {
      // The work was done and only the commit's answer is missing: it may have happened.
      inDoubt = outcome && faultOf(error) === 'unavailable' ? outcome : undefined;
      throw error;
    }
    committed(outcome!);
  }

  function committed({ next, handled }: Outcome): void {
    checkpoint = { ...checkpoint, position: next };
    subscription.committed?.(next, handled);
  }

  /** Finds out whether a commit in doubt happened. If it did, its effects are handed on like any other's. */
  async function settle(): Promise<void> {
    if (!inDoubt || inDoubt.next === checkpoint.position) return;
    const found = await store.read();
    const happened =
      found?.position === inDoubt.next &&
      found.version === checkpoint.version &&
      found.generation === checkpoint.generation;
    const outcome = inDoubt;
    inDoubt = undefined;
    if (happened) committed(outcome);
  }

  async function applyWhole(events: EventBatch, upTo: Position): Promise<void> {
    const free = blocked.size === 0 ? events : events.filter((event) => !blocked.has(event.stream_id));
    await commit(async (client) => {
      if (free.length > 0) await handle(free, client);
      if (free.length < events.length)
        await parked.add(
          client,
          events.filter((event) => blocked.has(event.stream_id)),
        );
      return { next: upTo, handled: free };
    });
  }

  /**
   * One transaction, a savepoint per event, up to the first that fails; what went well before it is committed. One event
   * at a time, because the failure of a batch does not say whose it was, and a batch's statements mix entities.
   */
  async function applyUntilFailure(
    events: EventBatch,
    upTo: Position,
  ): Promise<{ event: RecordedEvent; error: unknown } | undefined> {
    let failure: { event: RecordedEvent; error: unknown } | undefined;
    await commit(async (client) => {
      const handled: RecordedEvent[] = [];
      let next = checkpoint.position;
      failure = undefined;
      for (const event of events) {
        if (blocked.has(event.stream_id)) {
          await parked.add(client, [event]);
        } else {
          await client.query('savepoint event');
          try {
            await handle([event], client);
            await client.query('release savepoint event');
          } catch (error) {
            const cause = error instanceof HandlerError ? error.cause : error;
            if (faultOf(cause) !== 'event') throw error;
            await client.query('rollback to savepoint event');
            failure = { event, error: cause };
            return { next, handled };
          }
          handled.push(event);
        }
        next = event.position;
      }
      return { next: upTo, handled };
    });
    return failure;
  }

  async function park(event: RecordedEvent, error: unknown): Promise<void> {
    await commit(async (client) => {
      await parked.add(client, [event], { error: messageOf(error).slice(0, 4_000), attempts: ATTEMPTS });
      return { next: event.position, handled: [] };
    });
    blocked.add(event.stream_id);
    context.onFailure(error, event, true);
  }

  async function applyOneByOne(batch: EventBatch, upTo: Position, owner: AbortSignal): Promise<void> {
    let tries = 0;
    let trying: Position | undefined;
    while (checkpoint.position < upTo && !owner.aborted) {
      const rest = batch.filter((event) => event.position > checkpoint.position);
      const failure = await applyUntilFailure(rest, upTo);
      if (!failure) return;
      const { event, error } = failure;
      tries = event.position === trying ? tries + 1 : 1;
      trying = event.position;
      context.onFailure(error, event, false);
      if (tries >= ATTEMPTS) await park(event, error);
      else await pause(backoff(tries - 1, FIRST_WAIT_MS, LONGEST_WAIT_MS), owner);
    }
  }

  async function retryStream(streamId: string, owner: AbortSignal): Promise<void> {
    for (;;) {
      const positions = await parked.positions(streamId);
      if (positions.length === 0) {
        blocked.delete(streamId);
        return;
      }
      for (const written of eventsOfRows(await readRowsAt(context.pool, positions))) {
        if (owner.aborted) return;
        const event = context.upcast(written);
        try {
          await commit(async (client) => {
            await handle([event], client);
            await parked.remove(client, event.position);
            return { next: checkpoint.position, handled: [event] };
          });
        } catch (error) {
          const cause = error instanceof HandlerError ? error.cause : error;
          if (!(error instanceof HandlerError) || faultOf(cause) !== 'event') throw error;
          context.onFailure(cause, event, false);
          await parked.failedAgain(streamId, event.position, messageOf(cause).slice(0, 4_000));
          return;
        }
      }
    }
  }

  return {
    checkpoint: () => checkpoint,
    parkedStreams: () => blocked.size,
    async apply(batch, upTo, owner) {
      await settle();
      const events =
        (batch[0]?.position ?? Infinity) > checkpoint.position
          ? batch
          : batch.filter((event) => event.position > checkpoint.position);
      if (checkpoint.position >= upTo) return;
      try {
        await applyWhole(events, upTo);
      } catch (error) {
        if (!(error instanceof HandlerError) && !isDataError(error)) throw error;
        const cause = error instanceof HandlerError ? error.cause : error;
        if (faultOf(cause) !== 'event') throw error;
        context.onFailure(cause, events.length === 1 ? events[0] : undefined, false);
        await applyOneByOne(events, upTo, owner);
      }
    },
    async retryParked(owner) {
      if (blocked.size === 0) return;
      await settle();
      for (const streamId of await parked.wanted()) {
        if (owner.aborted) return;
        await retryStream(streamId, owner);
      }
    },
  };
}

/** Left behind by a handler that swallowed an SQL error, or raised by a deferred constraint at the commit. */
function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' && /^(22|23|25P02|40|P0)/.test(code);
}
