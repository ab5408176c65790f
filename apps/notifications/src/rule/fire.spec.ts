import fc from 'fast-check';
import { expiryOf, fire, MAX_TOLD, NO_STATE, type Draft, type Happening, type KeyState, type Limits } from './fire';

const event = (position: number, at: number): Happening => ({ kind: 'event', position, at });

function run(limits: Limits, happenings: readonly Happening[], from: KeyState = NO_STATE) {
  let state = from;
  const drafts: Draft[] = [];
  for (const happening of happenings) {
    const step = fire(limits, happening, state);
    state = step.state;
    drafts.push(...step.drafts);
  }
  return { drafts, state };
}

describe('firing', () => {
  it('should tell of each event by itself without limits', () => {
    const { drafts, state } = run({ throttle: null, group: null }, [event(1, 0), event(2, 0)]);
    expect(drafts.map(({ positions, count, omitted }) => ({ positions, count, omitted }))).toEqual([
      { positions: [1], count: 1, omitted: 0 },
      { positions: [2], count: 1, omitted: 0 },
    ]);
    expect(state).toEqual(NO_STATE);
  });

  it('should leave out what is above the limit and count it in the next notice', () => {
    const limits: Limits = { throttle: { max: 2, seconds: 10 }, group: null };
    const times = [0, 1_000, 2_000, 9_999, 10_000, 10_500, 11_000];
    const { drafts, state } = run(
      limits,
      times.map((at, index) => event(index + 1, at)),
    );
    expect(drafts.map(({ at, omitted }) => [at, omitted])).toEqual([
      [0, 0],
      [1_000, 0],
      // The first is ten seconds past: two were left out meanwhile.
      [10_000, 2],
      [11_000, 1],
    ]);
    expect(state.omitted).toBe(0);
  });

  it('should gather what follows within the time of a group, by the time of its events', () => {
    const limits: Limits = { throttle: null, group: { by: null, seconds: 60 } };
    const { drafts, state } = run(limits, [event(1, 0), event(2, 59_999), event(3, 60_000)]);
    expect(drafts).toEqual([
      { at: 60_000, count: 2, omitted: 0, first_at: 0, last_at: 59_999, first_position: 1, positions: [1, 2] },
    ]);
    expect(state.group).toMatchObject({ count: 1, closes_at: 120_000 });
    expect(fire(limits, { kind: 'time', at: 119_999 }, state)).toEqual({ drafts: [], state });
    expect(fire(limits, { kind: 'time', at: 120_000 }, state).drafts).toMatchObject([{ first_position: 3, count: 1 }]);
  });

  it('should tell of the newest events of a large group one by one, and count all', () => {
    const limits: Limits = { throttle: null, group: { by: null, seconds: 60 } };
    const events = Array.from({ length: 100 }, (_, index) => event(index + 1, index));
    const { drafts } = run(limits, [...events, { kind: 'time', at: 60_000 }]);
    expect(drafts).toMatchObject([{ count: 100, first_position: 1 }]);
    expect(drafts[0]!.positions).toEqual(Array.from({ length: MAX_TOLD }, (_, index) => 81 + index));
  });

  it('should throttle groups as it does single notices', () => {
    const limits: Limits = { throttle: { max: 1, seconds: 100 }, group: { by: null, seconds: 10 } };
    const events = [event(1, 0), event(2, 20_000), event(3, 21_000), event(4, 200_000)];
    const { drafts } = run(limits, [...events, { kind: 'time', at: 300_000 }]);
    expect(drafts.map(({ at, count, omitted }) => [at, count, omitted])).toEqual([
      [10_000, 1, 0],
      [210_000, 1, 2],
    ]);
  });

  const limitsOf = fc.record({
    throttle: fc.option(fc.record({ max: fc.integer({ min: 1, max: 4 }), seconds: fc.integer({ min: 1, max: 20 }) })),
    group: fc.option(fc.record({ by: fc.constant(null), seconds: fc.integer({ min: 1, max: 20 }) })),
  });
  /** Gaps between happenings, and which of them are events. */
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 8_000 }), fc.boolean()), { maxLength: 80 });
  const happeningsOf = (gaps: readonly (readonly [number, boolean])[]): Happening[] => {
    let at = 0;
    return gaps.map(([gap, isEvent], index) => {
      at += gap;
      return isEvent ? event(index + 1, at) : { kind: 'time', at };
    });
  };

  it('should never send more than its limit in any stretch of time, nor lose an event from the count', () => {
    fc.assert(
      fc.property(limitsOf, steps, (limits, gaps) => {
        const happenings = happeningsOf(gaps);
        const { drafts, state } = run(limits, happenings);
        const told = drafts.reduce((sum, { count, omitted }) => sum + count + omitted, 0);
        const held = state.omitted + (state.group?.count ?? 0);
        expect(told + held).toBe(happenings.filter(({ kind }) => kind === 'event').length);
        const { throttle } = limits;
        for (const { at } of throttle ? drafts : []) {
          const within = drafts.filter((draft) => draft.at > at - throttle!.seconds * 1_000 && draft.at <= at);
          expect(within.length).toBeLessThanOrEqual(throttle!.max);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('should send more than that where nothing limits it: the property above can fail', () => {
    const happenings = happeningsOf(Array.from({ length: 10 }, () => [0, true] as const));
    expect(run({ throttle: null, group: null }, happenings).drafts).toHaveLength(10);
    expect(run({ throttle: { max: 4, seconds: 1 }, group: null }, happenings).drafts).toHaveLength(4);
  });

  it('should decide the same however often the time is looked at in between, and after a restart', () => {
    fc.assert(
      fc.property(limitsOf, steps, fc.integer({ min: 0, max: 80 }), (limits, gaps, cut) => {
        const happenings = happeningsOf(gaps);
        const end: Happening = { kind: 'time', at: (happenings.at(-1)?.at ?? 0) + 60_000 };
        const whole = run(limits, [...happenings, end]);
        // Timers fire late or never: only the events, in two batches, the state of the first kept as JSON.
        const events = happenings.filter(({ kind }) => kind === 'event');
        const first = run(limits, events.slice(0, cut));
        const kept = JSON.parse(JSON.stringify(first.state)) as KeyState;
        const second = run(limits, [...events.slice(cut), end], kept);
        expect([...first.drafts, ...second.drafts]).toEqual(whole.drafts);
      }),
      { numRuns: 500 },
    );
  });

  it('should say when a state may be forgotten', () => {
    const limits: Limits = { throttle: { max: 1, seconds: 10 }, group: null };
    expect(expiryOf(limits, NO_STATE, 0)).toBeUndefined();
    expect(expiryOf(limits, { ...NO_STATE, sent: [1_000] }, 5_000)).toBe(11_000);
    expect(expiryOf(limits, { ...NO_STATE, sent: [1_000], omitted: 1 }, 5_000)).toBeGreaterThan(86_400_000);
  });
});
