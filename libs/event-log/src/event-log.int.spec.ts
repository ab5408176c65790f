import { newId } from '@ao/kernel';
import { appendStatement, type AppendReply } from './append-statement';
import { createScratch } from './binary-array';
import {
  checkClockNeverOrders,
  checkDense,
  checkOneWinner,
  checkRetries,
  checkWhole,
  wholeLog,
} from './log-contract.testing';
import { logSubject, type LogSubject } from './log-subject.testing';
import { mutateAppend, SKEWED_CLOCK } from './mutants.testing';
import { prepareUnit } from './prepared-unit';
import type { AppendUnit, RecordedEvent } from './types';
import { freshStream, happened, unitOf, unitOn } from './unit.testing';

let subject: LogSubject;
beforeAll(async () => {
  subject = await logSubject();
});
afterAll(() => subject.close());

describe('appending', () => {
  it('should answer with the position and versions, and give back what was written', async () => {
    const log = subject.open();
    const [a, b] = [freshStream(), freshStream('other')];
    const data = { text: 'Grüße – 你好 🚀 "\\', number: 1.5, nested: [{ deep: null }] };
    const unit = unitOn([
      { stream_id: a, expected_version: 0, events: [happened(data), happened({}, 'ThingEnded')] },
      { stream_id: b, expected_version: 0, events: [happened([1])] },
    ]);
    const outcome = await log.append(unit);
    const head = await log.head();
    expect(outcome).toEqual({ kind: 'appended', position: head, versions: { [a]: 2, [b]: 1 } });

    const [first, second] = await log.readStream(a);
    expect(first).toEqual({
      position: head - 2,
      stream_id: a,
      category: 'thing',
      version: 1,
      type: 'ThingHappened',
      schema_version: 1,
      data,
      metadata: unit.metadata,
      recorded_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
    expect(second).toMatchObject({ position: head - 1, version: 2, type: 'ThingEnded' });
    expect(await log.readStream(b)).toMatchObject([{ position: head, version: 1, category: 'other' }]);
  });

  it('should take all streams of a unit or none', async () => {
    const log = subject.open();
    const [taken, other] = [freshStream(), freshStream()];
    await log.append(unitOf(taken, 0));
    const head = await log.head();
    const outcome = await log.append(
      unitOn([
        { stream_id: other, expected_version: 0, events: [happened({})] },
        { stream_id: taken, expected_version: 0, events: [happened({})] },
      ]),
    );
    expect(outcome).toEqual({ kind: 'conflict', stream_id: taken, expected: 0, actual: 1 });
    expect(await log.head()).toBe(head);
    expect(await log.readStream(other)).toEqual([]);
  });

  it('should append under a precondition on another stream, and not when that has moved', async () => {
    const log = subject.open();
    const [pool, task] = [freshStream('pool'), freshStream()];
    await log.append(unitOf(pool, 0));
    const under = (version: number) =>
      unitOn([
        { stream_id: task, events: [happened({})] },
        { stream_id: pool, expected_version: version, events: [] },
      ]);
    expect(await log.append(under(1))).toMatchObject({ kind: 'appended', versions: { [task]: 1, [pool]: 1 } });
    await log.append(unitOf(pool, 1));
    expect(await log.append(under(1))).toEqual({ kind: 'conflict', stream_id: pool, expected: 1, actual: 2 });
  });

  it('should refuse a batch that writes a stream and touches it again, but not one that only checks it twice', async () => {
    const pool = subject.poolAs('tasks');
    const [checked, one, other] = [freshStream('pool'), freshStream(), freshStream()];
    const check = { stream_id: checked, expected_version: 0, events: [] };
    const write = (stream_id: string) => ({ stream_id, expected_version: 0, events: [happened({})] });
    const send = async (...units: AppendUnit[]) => {
      const { rows } = await pool.query(appendStatement(units.map(prepareUnit), createScratch(), 5_000));
      return (rows as unknown as [AppendReply][])[0]![0].outcomes;
    };
    expect(await send(unitOn([write(one), check]), unitOn([write(other), check]))).toBe('aa');
    for (const units of [
      [unitOn([write(checked)]), unitOn([write(freshStream()), check])],
      [unitOn([write(freshStream()), check]), unitOn([write(checked)])],
      [unitOn([write(checked)]), unitOn([write(checked)])],
    ])
      await expect(send(...units)).rejects.toThrow(`the stream ${checked} is written and touched again in one batch`);
  });

  it('should keep the answer of a command that appends nothing', async () => {
    const log = subject.open();
    const unit = unitOn([{ stream_id: freshStream(), expected_version: 0, events: [] }]);
    const head = await log.head();
    expect(await log.append(unit)).toMatchObject({ kind: 'appended', position: head });
    expect(await log.append(unit)).toEqual({ kind: 'repeated', position: head, result: unit.result });
    expect(await log.answerOf(unit.metadata.command_id)).toEqual({
      command_hash: unit.command_hash,
      position: head,
      result: unit.result,
    });
    expect(await log.answerOf(newId())).toBeUndefined();
  });

  it('should stay gapless and dense while many write and some conflict, and a reader miss nothing meanwhile', async () => {
    const before = (await wholeLog(subject.admin)).length;
    const logs = Array.from({ length: 6 }, () => subject.open());
    const sizes = new Map<string, number>();
    const shared = freshStream('shared');
    const seen: RecordedEvent[] = [];
    let writing = true;
    const reader = subject.open();
    const reading = (async () => {
      for (let after = before; ;) {
        const done = !writing;
        const events = await reader.read({ after, limit: 500 });
        seen.push(...events);
        after = events.at(-1)?.position ?? after;
        if (done && events.length === 0) return;
      }
    })();
    await Promise.all(
      logs.map(async (log) => {
        for (let turn = 0; turn < 15; turn += 1) {
          const units = Array.from({ length: 12 }, (_, n) => {
            const unit = n === 0 ? unitOf(shared, turn) : unitOf(freshStream(), 0, 1 + (n % 3));
            sizes.set(unit.metadata.command_id, unit.streams[0]!.events.length);
            return unit;
          });
          await Promise.all(units.map((unit) => log.append(unit)));
        }
      }),
    );
    writing = false;
    await reading;
    const rows = await wholeLog(subject.admin);
    checkDense(rows);
    checkWhole(rows.slice(before), sizes);
    expect(seen.map((event) => event.position)).toEqual(rows.slice(before).map((row) => row.position));
  });
});

describe('the invariants of the log', () => {
  it('should let exactly one of many writers win each version (L4)', () => checkOneWinner(subject, 8, 40));

  it('should answer a retry as the first time, from any process (L3)', () =>
    checkRetries(subject, () => subject.open()));

  it('should order by position whatever the clocks say (L7)', async () => {
    await mutateAppend(subject.admin, SKEWED_CLOCK);
    try {
      await checkClockNeverOrders(subject);
      // The time itself never runs backwards along the log either.
      checkDense(await wholeLog(subject.admin));
      // And it was really wrong meanwhile: the last commit lies a day ahead.
      const { rows } = await subject.admin.query(
        `select max(recorded_at) > now() + interval '23 hours' as ahead from event_log.events`,
      );
      expect(rows).toEqual([{ ahead: true }]);
    } finally {
      await mutateAppend(subject.admin, []);
    }
  });
});
