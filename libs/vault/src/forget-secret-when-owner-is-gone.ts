import {
  inTransaction,
  type Aggregate,
  type CommandShell,
  type OwnedSubscription,
  type RecordedEvent,
} from '@ao/event-log';
import { derivedId, isoTime, type Clock, type Command, type DomainEvent } from '@ao/kernel';
import type { FiredTimer, Timers } from '@ao/timers';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { KeptSecrets } from './kept-secrets';

const Owned = z.object({ owner_id: z.uuid(), secret_id: z.uuid() });
type Owned = z.infer<typeof Owned>;

/** A creation is over by then, one way or the other. */
const CREATED_BY_THEN_MS = 10 * 60_000;

export interface SecretTimers {
  /** Before the secret of a new owner is made: should the owner never come, the secret goes. */
  watch(ownerId: string, commandId: string): Promise<void>;
}

interface Options<State, C extends Command, E extends DomainEvent> {
  readonly aggregate: Aggregate<State, C, E>;
  /** Whose end an event is. */
  readonly goneIn: (event: E) => (Owned & { readonly at: string }) | undefined;
  readonly secrets: Pick<KeptSecrets, 'forget' | 'secretOf'>;
  readonly pool: Pool;
  readonly shell: Pick<CommandShell, 'state'>;
  readonly timers: Pick<Timers, 'schedule' | 'nudge'>;
  readonly clock: Clock;
}

/**
 * A secret lives as long as the channel, webhook or trigger that it belongs to: a timer asks the vault to delete it once that is deleted,
 * and some minutes after a creation that came to nothing (the process died between the two commands).
 */
export function forgetSecretWhenOwnerIsGone<State, C extends Command, E extends DomainEvent>(
  options: Options<State, C, E>,
): {
  readonly secretTimers: SecretTimers;
  readonly subscription: OwnedSubscription;
  readonly whenDue: Readonly<Record<string, (timer: FiredTimer) => Promise<void>>>;
} {
  const { aggregate, goneIn, secrets, pool, shell, timers, clock } = options;
  const { category } = aggregate;
  const kind = `${category}-secret`;
  const timerOf = ({ owner_id, secret_id }: Owned, due_at: string) => ({
    ...{ timer_id: derivedId(kind, owner_id), due_at, kind },
    payload: { owner_id, secret_id },
  });
  return {
    secretTimers: {
      watch: (owner_id, commandId) =>
        inTransaction(pool, (transaction) => {
          const due_at = isoTime(clock.now() + CREATED_BY_THEN_MS);
          return timers.schedule(transaction, [timerOf({ owner_id, secret_id: secrets.secretOf(commandId) }, due_at)]);
        }),
    },
    subscription: {
      name: `${category}-secrets`,
      categories: [category],
      async handle(events, transaction) {
        for (const event of events as readonly (RecordedEvent & E)[]) {
          const gone = goneIn(event);
          if (gone) await timers.schedule(transaction, [timerOf(gone, gone.at)]);
        }
      },
      committed: () => timers.nudge(),
    },
    whenDue: {
      async [kind]({ payload }) {
        const { owner_id, secret_id } = Owned.parse(payload);
        const { state } = await shell.state(aggregate, owner_id, { fresh: true });
        if (state === undefined) await secrets.forget(secret_id);
      },
    },
  };
}
