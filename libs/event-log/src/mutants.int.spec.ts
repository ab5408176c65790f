import type { EventLog } from './event-log';
import {
  checkClockNeverOrders,
  checkDense,
  checkOneWinner,
  checkRetries,
  checkWhole,
  wholeLog,
} from './log-contract.testing';
import { logSubject, type LogSubject } from './log-subject.testing';
import {
  mutateAppend,
  SKEWED_CLOCK,
  WITHOUT_COMMANDS,
  WITHOUT_MONOTONIC_TIME,
  WITHOUT_VERSION_CHECK,
} from './mutants.testing';
import type { AppendOutcome, AppendUnit } from './types';
import { freshStream, unitOf } from './unit.testing';

/** Each check of the contract must turn red on a log with the fault that it is there for. */
let subject: LogSubject;
beforeEach(async () => {
  subject = await logSubject();
});
afterEach(() => subject.close());

it('should notice a log that does not check versions (L4)', async () => {
  await mutateAppend(subject.admin, WITHOUT_VERSION_CHECK);
  await expect(checkOneWinner(subject, 4, 3)).rejects.toThrow(/expect\(/);
});

it('should notice a log whose versions are not even unique (L4)', async () => {
  await mutateAppend(subject.admin, [
    ...WITHOUT_VERSION_CHECK,
    // Everybody's version as it was expected, as a read before the insert would have it.
    ['versions[e.stream] + row_number()', 'coalesce(expected_versions[e.stream], 0) + row_number()'],
  ]);
  await subject.admin.query('alter table event_log.events drop constraint events_stream_version');
  await expect(checkOneWinner(subject, 4, 3)).rejects.toThrow(/expect\(/);
  const rows = await wholeLog(subject.admin);
  expect(() => checkDense(rows)).toThrow(/expect\(/);
});

it('should notice a log that remembers commands only in memory (L3)', async () => {
  await mutateAppend(subject.admin, WITHOUT_COMMANDS);
  const remembering = (log: EventLog): EventLog => {
    const answers = new Map<string, AppendOutcome>();
    return {
      ...log,
      append: async (unit: AppendUnit) => {
        const known = answers.get(unit.metadata.command_id);
        if (known) return known;
        const outcome = await log.append(unit);
        answers.set(unit.metadata.command_id, outcome);
        return outcome;
      },
    };
  };
  await expect(checkRetries(subject, () => remembering(subject.open()))).rejects.toThrow(/expect\(/);
});

it('should notice a unit that is appended event by event (L2)', async () => {
  const log = subject.open();
  const inPieces = async (unit: AppendUnit) => {
    const { stream_id, events } = unit.streams[0]!;
    for (const [index, event] of events.entries()) {
      const piece = { ...unit, streams: [{ stream_id, expected_version: index, events: [event] }] };
      piece.metadata = { ...unit.metadata, command_id: unit.metadata.command_id.replace(/.$/, String(index)) };
      if (index === 2) return; // the process dies here
      await log.append(piece);
    }
  };
  const unit = unitOf(freshStream(), 0, 4);
  await inPieces(unit);
  const rows = (await wholeLog(subject.admin)).map((row) => ({ ...row, command_id: unit.metadata.command_id }));
  expect(() => checkWhole(rows, new Map([[unit.metadata.command_id, 4]]))).toThrow(/expect\(/);
});

it('should notice an order by time instead of position (L7)', async () => {
  await mutateAppend(subject.admin, [...WITHOUT_MONOTONIC_TIME, ...SKEWED_CLOCK]);
  await expect(
    checkClockNeverOrders(subject, (rows) =>
      [...rows].sort((a, b) => a.recorded_at.getTime() - b.recorded_at.getTime()),
    ),
  ).rejects.toThrow(/expect\(/);
});

it('should notice a server whose time runs backwards along the log (L7)', async () => {
  await mutateAppend(subject.admin, [...WITHOUT_MONOTONIC_TIME, ...SKEWED_CLOCK]);
  await checkClockNeverOrders(subject);
  const rows = await wholeLog(subject.admin);
  expect(() => checkDense(rows)).toThrow(/expect\(/);
});
