import { TargetQueues, type QueueLimits } from './target-queues';

const LIMITS: QueueLimits = { perTarget: 8, overall: 16, perQueue: 100 };
const row = (target: string, n: number) => ({ delivery_id: `${target}${n}`, target: { id: target } });
const rows = (target: string, count: number) => Array.from({ length: count }, (_, n) => row(target, n));

function queues(limits: Partial<QueueLimits> = {}) {
  const time = { now: 1_000 };
  const subject = new TargetQueues<ReturnType<typeof row>>({ ...LIMITS, ...limits }, () => time.now);
  /** Begins all that may begin; how many of each target. */
  const begin = () => {
    const begun: Record<string, number> = {};
    for (let next = subject.next(); next; next = subject.next()) {
      begun[next.target.id] = (begun[next.target.id] ?? 0) + 1;
    }
    return begun;
  };
  /** Lets targets succeed until they have all their slots. */
  const warm = (...targets: string[]) => {
    for (const target of targets) {
      subject.add(target, rows(target, 8), true);
      for (let n = 0; n < 8; n += 1) {
        expect(subject.next()?.target.id).toBe(target);
        subject.ended(target, true);
      }
    }
  };
  return { subject, time, begin, warm };
}

describe('the queues of targets', () => {
  it('should let targets take turns', () => {
    const { subject } = queues();
    subject.add('a', rows('a', 3), false);
    subject.add('b', rows('b', 3), false);
    const turns = Array.from({ length: 4 }, () => subject.next()?.delivery_id);
    expect(turns).toEqual(['a0', 'b0', 'a1', 'b1']);
  });

  it('should give a target more slots from success to success, up to its limit', () => {
    const { subject, begin } = queues();
    subject.add('a', rows('a', 40), false);
    expect(begin()).toEqual({ a: 2 });
    subject.ended('a', true);
    expect(begin()).toEqual({ a: 3 });
    subject.ended('a', true);
    expect(begin()).toEqual({ a: 5 });
    subject.ended('a', true);
    expect(begin()).toEqual({ a: 1 });
    expect(subject.atWork).toBe(8);
  });

  it('should leave one slot to a target that fails', () => {
    const { subject, begin } = queues();
    subject.add('a', rows('a', 20), false);
    begin();
    subject.ended('a', false);
    subject.ended('a', false);
    expect(begin()).toEqual({ a: 1 });
  });

  it('should begin with one slot where a target is known to fail', () => {
    const { subject, begin } = queues();
    subject.add('a', rows('a', 4), false, true);
    expect(begin()).toEqual({ a: 1 });
    subject.ended('a', true);
    // What was found out since is newer.
    subject.add('a', rows('a', 4), false, true);
    expect(begin()).toEqual({ a: 2 });
  });

  it('should keep half of all slots free of targets that fail', () => {
    const { subject, begin } = queues({ overall: 8 });
    const dead = Array.from({ length: 20 }, (_, n) => `dead${n}`);
    for (const target of dead) {
      subject.add(target, rows(target, 1), false);
      expect(subject.next()?.target.id).toBe(target);
      subject.ended(target, false);
    }
    for (const target of dead) subject.add(target, rows(target, 4), true);
    expect(Object.keys(begin())).toHaveLength(4);
    subject.add('well', rows('well', 4), false);
    expect(begin()).toEqual({ well: 2 });
    subject.ended('well', true);
    expect(begin()).toEqual({ well: 2 });
  });

  it('should hold no more than all slots', () => {
    const { subject, begin, warm } = queues({ overall: 10 });
    warm('a', 'b');
    for (const target of ['a', 'b']) subject.add(target, rows(target, 20), false);
    begin();
    expect(subject.atWork).toBe(10);
  });

  it('should leave a target alone that asks for it, and others not', () => {
    const { subject, time, begin } = queues();
    for (const target of ['a', 'b']) subject.add(target, rows(target, 4), false);
    begin();
    subject.ended('a', false, 30_000);
    subject.ended('a', false, 30_000);
    subject.ended('b', true);
    expect(begin()).toEqual({ b: 2 });
    expect(subject.room('a')).toBe(0);
    time.now += 30_000;
    expect(begin()).toEqual({ a: 1 });
  });

  it('should ask for more when a queue is half empty and there is more', () => {
    const { subject } = queues({ perQueue: 4 });
    expect(subject.room('a')).toBe(4);
    subject.add('a', rows('a', 4), true);
    expect(subject.room('a')).toBe(0);
    subject.next();
    expect(subject.ended('a', true)).toBe(false);
    subject.next();
    expect(subject.ended('a', true)).toBe(true);
    expect(subject.room('a')).toBe(2);
  });

  it('should forget what waits, and count on what is at work', () => {
    const { subject, begin } = queues();
    subject.add('a', rows('a', 5), true);
    begin();
    expect(subject.clear('a').map(({ delivery_id }) => delivery_id)).toEqual(['a2', 'a3', 'a4']);
    expect(subject).toMatchObject({ queued: 0, atWork: 2 });
    subject.ended('a', false);
    subject.ended('a', false);
    expect(subject.atWork).toBe(0);
    expect(subject.clear()).toEqual([]);
  });
});
