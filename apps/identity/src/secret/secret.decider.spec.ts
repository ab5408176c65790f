import * as fc from 'fast-check';
import { evolveSecret, type SecretDocument, type SecretEvent } from '@ao/contracts';
import { fold, isRejection } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { NAME_CHANGED, secretDecider, type SecretCommand } from './secret.decider';

const SECRET = '01900000-0000-7000-8000-000000000001';
const T0 = '2026-01-01T00:00:00.000Z';
const T1 = '2026-01-01T00:00:01.000Z';
const sealed = (n: number) => `s1.secret-${SECRET}.${'A'.repeat(40)}${n}`;

const about = { name: 'database password', category: 'database', description: 'of the archive' };
const create = (changes: object = {}) =>
  testCommand(
    'CreateSecret',
    { secret_id: SECRET, ...about, value: sealed(1), expires_at: null, ...changes },
    { time: T0 },
  ) satisfies SecretCommand;
const change = (changes: object = {}) =>
  testCommand(
    'ChangeSecret',
    { secret_id: SECRET, known_name: about.name, ...changes },
    { time: T1 },
  ) satisfies SecretCommand;
const rotate = (changes: object = {}) =>
  testCommand(
    'RotateSecret',
    { secret_id: SECRET, value: sealed(2), ...changes },
    { time: T1 },
  ) satisfies SecretCommand;
const reveal = (version?: number) =>
  testCommand('RevealSecret', { secret_id: SECRET, version }, { time: T1 }) satisfies SecretCommand;
const remove = (known_name = about.name) =>
  testCommand('DeleteSecret', { secret_id: SECRET, known_name }, { time: T1 }) satisfies SecretCommand;

const created: SecretEvent = {
  type: 'SecretCreated',
  data: { secret_id: SECRET, ...about, value: sealed(1), expires_at: null, created_at: T0 },
};
const rotated = (version: number, expires_at: string | null = null): SecretEvent => ({
  type: 'SecretRotated',
  data: { secret_id: SECRET, version, value: sealed(version), expires_at, at: T1 },
});
const changed = (changes: object = {}): SecretEvent => ({
  type: 'SecretChanged',
  data: { secret_id: SECRET, ...about, expires_at: null, at: T1, ...changes },
});
const revealed = (version: number): SecretEvent => ({
  type: 'SecretRevealed',
  data: { secret_id: SECRET, version, at: T1 },
});
const deleted: SecretEvent = { type: 'SecretDeleted', data: { secret_id: SECRET, at: T1 } };
const { given } = deciderSpec(secretDecider);

describe('creating a secret', () => {
  it('should keep it', () => {
    expect(given().when(create()).then(created)).toEqual({ secret_id: SECRET, created_at: T0 });
  });

  it('should write times in one way', () => {
    given()
      .when(create({ expires_at: '2027-01-01T00:00:00Z' }))
      .then({ ...created, data: { ...created.data, expires_at: '2027-01-01T00:00:00.000Z' } } as SecretEvent);
  });

  it('rejects a second time, also after it was deleted, and a value that was not sealed', () => {
    given(created).when(create()).thenRejected({ code: 'secret_exists' });
    given(created, deleted).when(create()).thenRejected({ code: 'secret_exists' });
    given()
      .when(create({ value: null }))
      .thenRejected({ code: 'secret_exists' });
  });
});

describe('changing a secret', () => {
  it('should change what is named and leave the rest', () => {
    const result = given(created)
      .when(change({ description: 'of both archives' }))
      .then(changed({ description: 'of both archives' }));
    expect(result).toEqual({ secret_id: SECRET, version: 1, updated_at: T1 });
    given(created)
      .when(change({ expires_at: '2027-01-01T00:00:00Z' }))
      .then(changed({ expires_at: '2027-01-01T00:00:00.000Z' }));
  });

  it('should change nothing when it is so already', () => {
    const result = given(created)
      .when(change({ ...about, expires_at: null }))
      .then();
    expect(result).toEqual({ secret_id: SECRET, version: 1, updated_at: T0 });
  });

  it('should make the next version of a value, with the rest or alone', () => {
    expect(
      given(created)
        .when(change({ value: sealed(2) }))
        .then(rotated(2)),
    ).toMatchObject({ version: 2 });
    given(created)
      .when(change({ value: sealed(2), expires_at: '2027-01-01T00:00:00Z' }))
      .then(rotated(2, '2027-01-01T00:00:00.000Z'));
    given(created)
      .when(change({ value: sealed(2), name: 'other' }))
      .then(rotated(2), changed({ name: 'other' }));
  });

  it('should take an expiry away', () => {
    given(created, rotated(2, T1))
      .when(change({ expires_at: null }))
      .then(changed());
  });

  it('rejects another name when the reservations are for a name it no longer has', () => {
    given(created, changed({ name: 'moved' }))
      .when(change({ name: 'other' }))
      .thenRejected({ rejection: 'conflict', code: NAME_CHANGED });
    given(created, changed({ name: 'moved' }))
      .when(change({ description: 'else' }))
      .thenTypes('SecretChanged');
  });
});

describe('rotating a secret', () => {
  it('should count versions and keep the expiry unless another is given', () => {
    expect(given(created).when(rotate()).then(rotated(2))).toEqual({ secret_id: SECRET, version: 2, rotated_at: T1 });
    given(created, rotated(2, T1))
      .when(rotate({ value: sealed(3) }))
      .then(rotated(3, T1));
    given(created, rotated(2, T1))
      .when(rotate({ value: sealed(3), expires_at: null }))
      .then(rotated(3));
  });
});

describe('revealing a secret', () => {
  it('should tell of it and say where the value is, never the value', () => {
    expect(given(created).when(reveal()).then(revealed(1))).toEqual({ version: 1, at_version: 1, revealed_at: T1 });
    const history = [created, revealed(1), changed({ name: 'x' }), rotated(2), revealed(2), rotated(3)];
    const places = [1, 2, 3, undefined].map((version) => {
      const { decision } = given(...history).when(reveal(version));
      return isRejection(decision) ? undefined : decision.result;
    });
    expect(places).toMatchObject([
      { version: 1, at_version: 1 },
      { version: 2, at_version: 4 },
      { version: 3, at_version: 6 },
      { version: 3, at_version: 6 },
    ]);
    expect(JSON.stringify(places)).not.toContain('s1.');
  });

  it('rejects a version that there is not', () => {
    given(created)
      .when(reveal(2))
      .thenRejected({ rejection: 'not_found', code: 'secret_version_not_found', pointer: '/version' });
  });
});

describe('delivering a secret', () => {
  const task = { task_id: '00000000-0000-7000-8000-0000000000a1', agent_id: '00000000-0000-7000-8000-0000000000a2' };
  const deliver = (version?: number) =>
    testCommand('DeliverSecret', { secret_id: SECRET, version, ...task }, { time: T1 }) satisfies SecretCommand;
  const delivered = (version: number): SecretEvent => ({
    type: 'SecretDelivered',
    data: { secret_id: SECRET, version, ...task, at: T1 },
  });

  it('should say which version went to whom for what, and where its value is', () => {
    expect(given(created).when(deliver()).then(delivered(1))).toEqual({ version: 1, at_version: 1, revealed_at: T1 });
    given(created, rotated(2)).when(deliver()).then(delivered(2));
    expect(given(created, delivered(1), rotated(2)).when(deliver(2)).then(delivered(2))).toMatchObject({
      at_version: 3,
    });
    given(created, rotated(2)).when(deliver(1)).then(delivered(1));
  });

  it('rejects what is gone, what never was, and what has expired', () => {
    given(created, deleted).when(deliver()).thenRejected({ rejection: 'not_found', code: 'secret_not_found' });
    given(created).when(deliver(2)).thenRejected({ rejection: 'not_found', code: 'secret_version_not_found' });
    given(created, rotated(2, T1)).when(deliver()).thenRejected({ rejection: 'conflict', code: 'secret_expired' });
    given(created, rotated(2, '2999-01-01T00:00:00.000Z')).when(deliver()).then(delivered(2));
  });
});

describe('deleting a secret', () => {
  it('should tell it', () => {
    expect(given(created).when(remove()).then(deleted)).toEqual({ secret_id: SECRET, deleted_at: T1 });
  });

  it('rejects when the reservation is for a name it no longer has', () => {
    given(created, changed({ name: 'moved' }))
      .when(remove())
      .thenRejected({ code: NAME_CHANGED });
  });
});

it('rejects whatever is asked of a secret that there is not, or not any more', () => {
  const commands = [
    change(),
    change({ value: null }),
    rotate(),
    rotate({ value: null }),
    reveal(),
    reveal(7),
    remove(),
  ];
  for (const command of commands) {
    const expected = { rejection: 'not_found', code: 'secret_not_found' } as const;
    given().when(command).thenRejected(expected);
    given(created, rotated(2), deleted).when(command).thenRejected(expected);
  }
  given(created)
    .when(rotate({ value: null }))
    .thenRejected({ code: 'secret_not_found' });
});

it('should find every value where its stream has it, and fold as readers do, whatever happened', () => {
  const step = fc.constantFrom('change', 'value', 'rotate', 'reveal', 'both', 'same');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const events: SecretEvent[] = [];
      const values = [sealed(1)];
      const run = (command: SecretCommand) => {
        const decision = secretDecider.decide(command, fold(secretDecider, events));
        if (isRejection(decision)) throw new Error(decision.message);
        events.push(...decision.events);
      };
      run(create());
      steps.forEach((what, index) => {
        const value = `s1.${index}`;
        if (what === 'value' || what === 'rotate' || what === 'both') values.push(value);
        if (what === 'change') run(change({ category: `c${index}` }));
        else if (what === 'value') run(change({ value }));
        else if (what === 'rotate') run(rotate({ value }));
        else if (what === 'both') run(change({ value, description: `d${index}` }));
        else run(what === 'reveal' ? reveal() : change(about));
      });
      const state = fold(secretDecider, events);
      if (state.status !== 'kept') throw new Error('it was kept');
      expect(state.values.map((at) => (events[at - 1]!.data as { value?: string }).value)).toEqual(values);
      expect(state.events).toBe(events.length);
      const document = events.reduce<SecretDocument | undefined>(evolveSecret, undefined);
      const { name, category, description, expires_at, updated_at } = state;
      expect(document).toMatchObject({ name, category, description, expires_at, updated_at });
      expect(document?.version).toBe(values.length);
    }),
  );
});
