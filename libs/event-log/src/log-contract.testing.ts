import type { Pool } from 'pg';
import type { EventLog } from './event-log';
import type { LogSubject } from './log-subject.testing';
import type { AppendOutcome } from './types';
import { freshStream, unitOf } from './unit.testing';

/**
 * What holds for any event log, as checks that a spec runs on the real one and on mutants of it: each throws when its
 * invariant (docs/reliability: L2-L7) is broken.
 */

interface Row {
  readonly position: number;
  readonly stream_id: string;
  readonly version: number;
  readonly command_id: string;
  readonly recorded_at: Date;
}

export async function wholeLog(admin: Pool): Promise<Row[]> {
  const { rows } = await admin.query<Row>(
    `select position, stream_id, version, metadata->>'command_id' as command_id, recorded_at
       from event_log.events order by position`,
  );
  return rows;
}

/** Positions 1, 2, 3 …; versions 1, 2, 3 … in every stream; time that never runs backwards. */
export function checkDense(rows: readonly Row[]): void {
  const versions = new Map<string, number>();
  let time = 0;
  rows.forEach((row, index) => {
    expect(row.position).toBe(index + 1);
    const version = (versions.get(row.stream_id) ?? 0) + 1;
    expect([row.stream_id, row.version]).toEqual([row.stream_id, version]);
    versions.set(row.stream_id, version);
    expect(row.recorded_at.getTime()).toBeGreaterThanOrEqual(time);
    time = row.recorded_at.getTime();
  });
}

/** Each command has all of its events, next to each other, or none. */
export function checkWhole(rows: readonly Row[], sizes: ReadonlyMap<string, number>): void {
  const found = new Map<string, number[]>();
  for (const { command_id, position } of rows) {
    const positions = found.get(command_id);
    if (positions) positions.push(position);
    else found.set(command_id, [position]);
  }
  for (const [command_id, positions] of found) {
    const size = sizes.get(command_id);
    expect([command_id, positions.length]).toEqual([command_id, size]);
    expect(positions.at(-1)! - positions[0]!).toBe(positions.length - 1);
  }
}

/** L4: of many that append to one stream at one version, one wins; the others learn the version there is now. */
export async function checkOneWinner(subject: LogSubject, writers: number, rounds: number): Promise<void> {
  const logs = Array.from({ length: writers }, () => subject.open());
  const stream = freshStream();
  for (let version = 0; version < rounds; version += 1) {
    const outcomes = await Promise.all(logs.map((log) => log.append(unitOf(stream, version))));
    expect(outcomes.filter((outcome) => outcome.kind === 'appended')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.kind !== 'appended')
        expect(outcome).toEqual({ kind: 'conflict', stream_id: stream, expected: version, actual: version + 1 });
    }
  }
  checkDense((await wholeLog(subject.admin)).filter((row) => row.stream_id === stream).map(renumbered));
}

const renumbered = (row: Row, index: number): Row => ({ ...row, position: index + 1 });

/** L3: a command id gets its first answer for ever, from every process, also one that has just started. */
export async function checkRetries(subject: LogSubject, open: () => EventLog): Promise<void> {
  const stream = freshStream();
  const unit = unitOf(stream, undefined, 2);
  const first = await open().append(unit);
  expect(first).toMatchObject({ kind: 'appended', versions: { [stream]: 2 } });
  for (let restart = 0; restart < 3; restart += 1) {
    const again: AppendOutcome = await open().append({ ...unit, result: { of: 'a retry' } });
    expect(again).toEqual({
      kind: 'repeated',
      position: (first as { position: number }).position,
      result: unit.result,
    });
  }
  expect(await open().append({ ...unit, command_hash: 'f'.repeat(64) })).toEqual({ kind: 'command_id_reused' });
  const rows = await wholeLog(subject.admin);
  expect(rows.filter((row) => row.command_id === unit.metadata.command_id)).toHaveLength(2);
}

/**
 * L7: the order of the log is the order in which writers were answered, whatever clocks say. Writers whose server clock
 * is a day fast and a day slow take turns (see SKEWED_CLOCK).
 */
export async function checkClockNeverOrders(
  subject: LogSubject,
  order: (rows: readonly Row[]) => readonly Row[] = (rows) => rows,
): Promise<void> {
  const skews = ['0', '1 day', '-1 day'];
  const logs = skews.map((skew) => {
    const url = new URL(subject.database.urlFor('tasks'));
    url.searchParams.set('options', `-c test.skew=${skew.replaceAll(' ', '\\ ')}`);
    return subject.open({ url: url.toString() });
  });
  const stream = freshStream();
  const answered: string[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    const unit = unitOf(stream, turn);
    expect(await logs[turn % logs.length]!.append(unit)).toMatchObject({ kind: 'appended' });
    answered.push(unit.metadata.command_id);
  }
  const rows = (await wholeLog(subject.admin)).filter((row) => row.stream_id === stream);
  expect(order(rows).map((row) => row.command_id)).toEqual(answered);
}
