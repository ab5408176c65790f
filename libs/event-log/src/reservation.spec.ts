import { derivedId } from '@ao/kernel';
import { reservation } from './reservation';
import type { Aggregate } from './shell.types';

type NameEvent =
  | { readonly type: 'NameReserved'; readonly data: { readonly name: string; readonly thing_id: string } }
  | { readonly type: 'NameReleased'; readonly data: { readonly name: string; readonly thing_id: string } };

const names = reservation<NameEvent>({
  category: 'thingname',
  schemaVersions: { NameReserved: 2, NameReleased: 1 },
  reserved: 'NameReserved',
  idOf: (name) => derivedId('thing-name', name),
  nameOf: ({ name }) => name,
  holderOf: ({ thing_id }) => thing_id,
});

/** A log that holds these events of one name. */
function shellOf(...events: NameEvent[]) {
  return {
    state: async <State>({ decider }: Aggregate<State, never, never>, id: string) => {
      const mine = events.filter(({ data }) => names.idOf(data.name) === id);
      const state = (mine as never[]).reduce<State>(
        (folded, event) => decider.evolve(folded, event),
        decider.initialState(),
      );
      return { state, version: mine.length };
    },
  } as never;
}

describe('a reservation', () => {
  const reserved: NameEvent = { type: 'NameReserved', data: { name: 'n', thing_id: 'a' } };
  const released: NameEvent = { type: 'NameReleased', data: { name: 'n', thing_id: 'a' } };

  it('should be held from one event to the other, and by nobody else', async () => {
    expect(await names.holder(shellOf(), 'n')).toEqual({ holder: undefined, version: 0 });
    expect(await names.holder(shellOf(reserved), 'n')).toEqual({ holder: 'a', version: 1 });
    expect(await names.holder(shellOf(reserved), 'other')).toEqual({ holder: undefined, version: 0 });
    expect(await names.holder(shellOf(reserved, released), 'n')).toEqual({ holder: undefined, version: 2 });
  });

  it('should be written to the stream of its name, at the version that was seen', () => {
    expect(names.append('NameReserved', reserved.data, 2)).toEqual({
      stream_id: `thingname-${names.idOf('n')}`,
      expected_version: 2,
      events: [{ type: 'NameReserved', schema_version: 2, data: reserved.data }],
    });
  });
});
