import { lastBefore } from './last-before';
import { logSubject, type LogSubject } from './log-subject.testing';
import { freshStream, unitOf } from './unit.testing';

describe('the last event before a time', () => {
  let subject: LogSubject;
  beforeAll(async () => {
    subject = await logSubject();
  });
  afterAll(() => subject.close());

  it('should be 0 in an empty log', async () => {
    expect(await lastBefore(subject.open(), Date.now())).toBe(0);
  });

  it('should be found between all of them, also where several have one time', async () => {
    const log = subject.open();
    for (const count of [1, 3, 1, 5, 2]) await log.append(unitOf(freshStream(), 0, count));
    const events = await log.read({ limit: 100 });
    const times = events.map(({ recorded_at }) => Date.parse(recorded_at));
    expect(new Set(times).size).toBeLessThan(times.length);
    const asked = new Set(times.flatMap((time) => [time - 1, time, time + 1]));
    for (const time of asked) {
      expect(await lastBefore(log, time)).toBe(times.filter((at) => at < time).length);
      expect(await lastBefore(log, time, { inclusive: true })).toBe(times.filter((at) => at <= time).length);
    }
  });
});
