import { accept, streamId, type Command, type DomainEvent } from '@ao/kernel';
import type { Aggregate, CommandShell } from './shell.types';
import type { StreamAppend } from './types';

export interface ReservationOptions<E extends DomainEvent> {
  readonly category: string;
  readonly schemaVersions: Readonly<Record<E['type'], number>>;
  /** The event that gives the name to its holder; any other frees it. */
  readonly reserved: E['type'];
  /** The id of a name's stream: derived, so that every replica meets the others on the same stream. */
  readonly idOf: (name: string) => string;
  readonly nameOf: (data: E['data']) => string;
  readonly holderOf: (data: E['data']) => string;
}

/** Who holds a name as the log has it now, and the version to expect of its stream. */
export interface Reserved {
  readonly holder: string | undefined;
  readonly version: number;
}

export interface Reservation<E extends DomainEvent> {
  /** The id of the name's stream without its category. */
  idOf(name: string): string;
  holder(shell: Pick<CommandShell, 'state'>, name: string): Promise<Reserved>;
  /** The part of a unit that gives or frees the name, if its stream is as it was seen (`Reserved.version`). */
  append(type: E['type'], data: E['data'], expected_version: number): StreamAppend;
}

/**
 * Names of which each belongs to one thing at a time: a stream per name, which has no commands of its own and is written in
 * the units that make, rename or end the holder. Of two units for one name, one conflicts.
 */
export function reservation<E extends DomainEvent>(options: ReservationOptions<E>): Reservation<E> {
  const { category, schemaVersions, reserved, idOf, nameOf, holderOf } = options;
  const aggregate: Aggregate<{ readonly holder?: string }, Command, E> = {
    category,
    decider: {
      initialState: () => ({}),
      evolve: (_state, event) => (event.type === reserved ? { holder: holderOf(event.data as E['data']) } : {}),
      decide: () => accept([]),
    },
    schemaVersions,
    freshIds: 0,
  };
  return {
    idOf,
    async holder(shell, name) {
      const { state, version } = await shell.state(aggregate, idOf(name), { fresh: true });
      return { holder: state.holder, version };
    },
    append: (type, data, expected_version) => ({
      stream_id: streamId(category, idOf(nameOf(data))),
      expected_version,
      events: [{ type, schema_version: schemaVersions[type], data }],
    }),
  };
}
