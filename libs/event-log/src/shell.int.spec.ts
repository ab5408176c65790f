import { accept, newId, reject, streamId, type Command, type CommandMetadata, type Decider } from '@ao/kernel';
import { logSubject, type LogSubject } from './log-subject.testing';
import { createCommandShell, type CommandShellOptions } from './shell';
import type { Aggregate, CommandResult } from './shell.types';
import { freshStream, happened, unitOf, unitOn } from './unit.testing';

/** A counter with a ceiling: small, and every kind of decision in it. */
type CounterEvent =
  | { readonly type: 'CounterRaised'; readonly data: { readonly by: number } }
  | { readonly type: 'CounterRefusalRecorded'; readonly data: { readonly by: number } };
interface Counter {
  readonly sum: number;
  readonly refusals: number;
}
type Raise = Command<'RaiseCounter', { readonly by: number }>;

const CEILING = 10;
let decided: { sum: number; metadata: Raise['metadata'] }[] = [];
const decider: Decider<Counter, Raise, CounterEvent> = {
  initialState: () => ({ sum: 0, refusals: 0 }),
  evolve: (state, event) =>
    event.type === 'CounterRaised'
      ? { ...state, sum: state.sum + event.data.by }
      : { ...state, refusals: state.refusals + 1 },
  decide: ({ data: { by }, metadata }, { sum }) => {
    decided.push({ sum, metadata });
    if (by === 0) return accept([], { sum });
    if (by < 0)
      return {
        ...reject('invalid', 'negative', 'by is negative'),
        record: [{ type: 'CounterRefusalRecorded', data: { by } }],
      };
    if (sum + by > CEILING) return reject('conflict', 'too_high', `Expected to raise by ${by}, but the sum is ${sum}`);
    return accept([{ type: 'CounterRaised', data: { by } }], { sum: sum + by });
  },
};
const counter: Aggregate<Counter, Raise, CounterEvent> = {
  category: 'counter',
  decider,
  schemaVersions: { CounterRaised: 1, CounterRefusalRecorded: 1 },
};

const metadata = (overrides: Partial<CommandMetadata> = {}): CommandMetadata => ({
  command_id: newId(),
  actor: { type: 'system', id: 'shell-test' },
  correlation_id: newId(),
  causation_id: newId(),
  ...overrides,
});
const raise = (by: number, overrides: Partial<CommandMetadata> = {}) => ({
  type: 'RaiseCounter' as const,
  data: { by },
  metadata: metadata(overrides),
});
const results = (all: readonly CommandResult[]) =>
  all.map((result) => (result.kind === 'done' ? result.result : result.code));

let subject: LogSubject;
beforeAll(async () => {
  subject = await logSubject();
});
afterAll(() => subject.close());
beforeEach(() => {
  decided = [];
});
const open = (options?: CommandShellOptions) => {
  const log = subject.open();
  return { log, shell: createCommandShell(log, options) };
};

it('should run commands on one stream one after another, without a conflict', async () => {
  const outcomes: string[] = [];
  const log = subject.open({ metrics: { unit: ({ outcome }) => outcomes.push(outcome) } });
  const shell = createCommandShell(log);
  const id = newId();
  const all = await Promise.all(Array.from({ length: 12 }, () => shell.run(counter, id, raise(1))));
  expect(results(all)).toEqual([...Array.from({ length: 10 }, (_, n) => ({ sum: n + 1 })), 'too_high', 'too_high']);
  expect(outcomes).toEqual(Array.from({ length: 10 }, () => 'appended'));
  expect(await shell.state(counter, id)).toEqual({ state: { sum: 10, refusals: 0 }, version: 10 });
  const last = (await log.readStream(streamId('counter', id))).at(-1)!;
  expect(all[9]).toMatchObject({ kind: 'done', position: last.position });
});

it('should repeat a decision that another process overtook, on the newest state', async () => {
  // An attempt is lost only to a raise that another won, and at most this many are won.
  const attempts = CEILING + 1;
  const processes = [open({ attempts }), open({ attempts }), open({ attempts })];
  const id = newId();
  const all = await Promise.all(
    processes.flatMap(({ shell }) => Array.from({ length: 5 }, () => shell.run(counter, id, raise(1)))),
  );
  expect(all.filter((result) => result.kind === 'done')).toHaveLength(CEILING);
  expect(results(all.filter((result) => result.kind !== 'done'))).toEqual(Array.from({ length: 5 }, () => 'too_high'));
  expect((await processes[0]!.shell.state(counter, id, { fresh: true })).state.sum).toBe(CEILING);
});

it('should not reject on a state that another process has changed', async () => {
  const [here, there] = [open(), open()];
  const id = newId();
  await here.shell.run(counter, id, raise(CEILING));
  // A later release lowers the sum: what is cached here would still reject.
  const unit = unitOn([
    {
      stream_id: streamId('counter', id),
      expected_version: 1,
      events: [happened({ by: -5 }, 'CounterRaised')],
    },
  ]);
  await there.log.append(unit);
  expect(await here.shell.run(counter, id, raise(3))).toMatchObject({ kind: 'done', result: { sum: 8 } });
  expect(decided.map(({ sum }) => sum)).toEqual([0, 10, 5]);
});

it('should give the decider the time of the log and fresh ids, and the event its metadata', async () => {
  const { log, shell } = open();
  await log.ready();
  const id = newId();
  const command = raise(1, {
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    deadline: log.clock.now() + 60_000,
    idempotent: true,
  });
  await shell.run({ ...counter, freshIds: 3 }, id, command);
  const seen = decided[0]!.metadata;
  expect(Math.abs(Date.parse(seen.time) - log.clock.now())).toBeLessThan(5_000);
  expect(new Set(seen.fresh_ids).size).toBe(3);
  const { command_id, actor, correlation_id, causation_id, traceparent } = command.metadata;
  const [event] = await log.readStream(streamId('counter', id));
  expect(event!.metadata).toEqual({ actor, correlation_id, causation_id, command_id, traceparent });
});

describe('a command sent again', () => {
  it('should get its first answer, though the state has moved on', async () => {
    const id = newId();
    const command = raise(1);
    const first = await open().shell.run(counter, id, command);
    await open().shell.run(counter, id, raise(CEILING - 1));
    // By now it would be rejected: the same process, and one that has just started.
    const here = open();
    expect(await here.shell.run(counter, id, command)).toEqual(first);
    expect(await here.shell.run(counter, id, command)).toEqual(first);
    expect(await open().shell.run(counter, id, command)).toEqual(first);
    expect((await here.shell.state(counter, id, { fresh: true })).state.sum).toBe(CEILING);
  });

  it('should get its first answer although the id of what it makes is another', async () => {
    const command = raise(1);
    const { log, shell } = open();
    const first = await shell.run(counter, newId(), command);
    const second = newId();
    expect(await shell.run(counter, second, command)).toEqual(first);
    expect(await log.readStream(streamId('counter', second))).toEqual([]);
  });

  it('should be refused when it asks for something else', async () => {
    const { shell } = open();
    const id = newId();
    const command = raise(1);
    await shell.run(counter, id, command);
    const reused = { kind: 'rejected', rejection: 'conflict', code: 'idempotency_key_reused' };
    expect(await shell.run(counter, id, { ...command, data: { by: 2 } })).toMatchObject(reused);
    expect(await shell.run(counter, id, { ...command, data: { by: 0 } })).toMatchObject(reused);
    expect(await shell.run(counter, id, { ...command, data: { by: CEILING } })).toMatchObject(reused);
  });

  it('should count what the sender asked for, not what was added on the way', async () => {
    const { shell } = open();
    const command = raise(1);
    const run = (by: number) => shell.run(counter, newId(), { ...command, data: { by } }, { payload: { by: 'one' } });
    const first = await run(1);
    expect(await run(2)).toEqual(first);
  });

  it('should get the answer of an empty decision again if its sender chose the id', async () => {
    const { shell } = open();
    const id = newId();
    const idempotent = raise(0, { idempotent: true });
    expect(await shell.run(counter, id, idempotent)).toMatchObject({ kind: 'done', result: { sum: 0 } });
    const passing = raise(0);
    expect(await shell.run(counter, id, passing)).toMatchObject({ result: { sum: 0 } });
    await shell.run(counter, id, raise(4));
    expect(await shell.run(counter, id, idempotent)).toMatchObject({ kind: 'done', result: { sum: 0 } });
    expect(await shell.run(counter, id, passing)).toMatchObject({ kind: 'done', result: { sum: 4 } });
  });
});

it('should not read a stream whose id was just made up, and still notice when it is there', async () => {
  const log = subject.open();
  const read: string[] = [];
  const shell = createCommandShell({
    ...log,
    readStream: (id, options) => {
      read.push(id);
      return log.readStream(id, options);
    },
  });
  const id = newId();
  expect(await shell.run(counter, id, raise(1), { isNew: true })).toMatchObject({ kind: 'done', result: { sum: 1 } });
  expect(read).toEqual([]);
  // Another process, which is wrong about it: the append finds out.
  expect(await open().shell.run(counter, id, raise(2), { isNew: true })).toMatchObject({ result: { sum: 3 } });
});

it('should keep what a rejection records, and reject again with the same answer', async () => {
  const { log, shell } = open();
  const id = newId();
  const command = raise(-1);
  const rejection = { kind: 'rejected', rejection: 'invalid', code: 'negative', message: 'by is negative' };
  expect(await shell.run(counter, id, command)).toEqual(rejection);
  expect(await shell.run(counter, id, command)).toEqual(rejection);
  expect(await open().shell.run(counter, id, command)).toEqual(rejection);
  expect((await log.readStream(streamId('counter', id))).map((event) => event.type)).toEqual([
    'CounterRefusalRecorded',
  ]);
  expect(await shell.state(counter, id)).toEqual({ state: { sum: 0, refusals: 1 }, version: 1 });
});

describe('other streams of the unit', () => {
  it('should be written and checked with it, or reject it as the caller says', async () => {
    const { log, shell } = open();
    const name = freshStream('name');
    const reserve = [{ stream_id: name, expected_version: 0, events: [happened({}, 'NameTaken')] }];
    expect(await shell.run(counter, newId(), raise(1), { also: reserve })).toMatchObject({ kind: 'done' });
    const second = newId();
    const taken = reject('conflict', 'name_taken', 'the name is taken');
    expect(await shell.run(counter, second, raise(1), { also: reserve, onConflict: () => taken })).toEqual(taken);
    expect(await shell.run(counter, second, raise(1), { also: reserve })).toMatchObject({
      code: 'precondition_failed',
    });
    expect(await log.readStream(streamId('counter', second))).toEqual([]);
    const epoch = [{ stream_id: name, expected_version: 1, events: [] }];
    expect(await shell.run(counter, second, raise(1), { also: epoch })).toMatchObject({ kind: 'done' });
  });
});

it('should not decide what nobody waits for any more', async () => {
  const { log, shell } = open();
  await log.ready();
  expect(await shell.run(counter, newId(), raise(1, { deadline: log.clock.now() - 1 }))).toMatchObject({
    rejection: 'unavailable',
    code: 'deadline_passed',
  });
  expect(decided).toEqual([]);
});

it('should give up when others keep changing the stream', async () => {
  const log = subject.open();
  const id = newId();
  const other = subject.open();
  let version = 0;
  const contended = createCommandShell(
    {
      ...log,
      append: async (unit) => {
        await other.append(unitOf(streamId('counter', id), version));
        version += 1;
        return log.append(unit);
      },
    },
    { attempts: 3 },
  );
  expect(await contended.run(counter, id, raise(1))).toMatchObject({ rejection: 'unavailable', code: 'contended' });
  expect(version).toBe(3);
});

it('should forget a stream whose append failed, and refuse an event it cannot stamp', async () => {
  const { log, shell } = open();
  const id = newId();
  await shell.run(counter, id, raise(1));
  const nameless = { ...counter, schemaVersions: { CounterRefusalRecorded: 1 } as never };
  await expect(shell.run(nameless, id, raise(1))).rejects.toThrow(/names no schema version/);
  await log.append(unitOf(streamId('counter', id), 1));
  expect((await shell.state(counter, id)).version).toBe(2);
});

it('should fold long streams page by page and forget the least used', async () => {
  const log = subject.open();
  const shell = createCommandShell(log, { cached: 1 });
  const [id, other] = [newId(), newId()];
  await shell.run(counter, id, raise(1));
  await shell.run(counter, other, raise(2));
  expect((await shell.state(counter, id)).state.sum).toBe(1);
  expect((await shell.state(counter, other)).state.sum).toBe(2);
});
