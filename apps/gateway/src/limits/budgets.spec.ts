import { Budgets, type Claim } from './budgets';
import { sliceOf } from './budget-window';
import type { Lease, LeaseRequest, LeaseStore } from './lease-store';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 0, 1, 12);

/** What Postgres does, in memory; every answer waits until it is let go. */
class Shared implements LeaseStore {
  private readonly used = new Map<string, number>();
  private readonly waiting: (() => void)[] = [];
  statements = 0;
  cleanUps = 0;
  held = false;
  away = false;

  async lease(requests: readonly LeaseRequest[]): Promise<(Lease | undefined)[]> {
    this.statements += 1;
    if (this.held) await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (this.away) throw new Error('Postgres is away');
    return requests.map(({ bucket, seconds, endsAt, limit, amount }) => {
      const key = `${bucket} ${seconds} ${endsAt}`;
      const before = this.used.get(key) ?? 0;
      if (before >= limit) return undefined;
      const granted = Math.min(amount, limit - before);
      this.used.set(key, before + granted);
      return { granted, used: before + granted };
    });
  }
  cleanUp(): Promise<void> {
    this.cleanUps += 1;
    return Promise.resolve();
  }
  letGo(): void {
    this.held = false;
    for (const answer of this.waiting.splice(0)) answer();
  }
}

function replicas(count: number, store = new Shared(), maxBudgets?: number) {
  const clock = { time: START, now: () => clock.time };
  const errors: unknown[] = [];
  const options = { store, clock, onError: (error: unknown) => errors.push(error), ...(maxBudgets && { maxBudgets }) };
  return { store, clock, errors, all: Array.from({ length: count }, () => new Budgets(options)) };
}

const claim = (perMinute: number, perHour = perMinute * 60, bucket = 'user:a'): [Claim] => [
  { bucket, limit: { requests_per_minute: perMinute, requests_per_hour: perHour } },
];
const passes = (budgets: Budgets, claims: [Claim], requests: number) =>
  Array.from({ length: requests }, () => budgets.judge(claims)).filter((verdict) => verdict.passes).length;

describe('a budget of one replica', () => {
  it('should count down the hour, and refuse what exceeds the burst until the minute is over', async () => {
    const { clock, all } = replicas(1);
    const [budgets] = all as [Budgets];
    const usual = claim(100, 1_000);
    expect(budgets.judge(usual)).toEqual({
      ...{ passes: true, limit: 1_000, remaining: 999, retryAfterSeconds: 0 },
      resetsAt: (START + HOUR_MS) / 1_000,
    });
    clock.time += 15_000;
    for (let request = 2; request <= 100; request += 1) {
      expect(budgets.judge(usual)).toMatchObject({ passes: true, remaining: 1_000 - request });
      await budgets.settled();
    }
    expect(budgets.judge(usual)).toEqual({
      ...{ passes: false, limit: 100, remaining: 0, retryAfterSeconds: 45 },
      resetsAt: START / 1_000 + 60,
    });
    clock.time += 45_000;
    // What was refused was not counted.
    expect(budgets.judge(usual)).toMatchObject({ passes: true, remaining: 899 });
  });

  it('should refuse what exceeds the hour until the hour is over', async () => {
    const { clock, all } = replicas(1);
    const [budgets] = all as [Budgets];
    for (let minute = 0; minute < 10; minute += 1) {
      for (let request = 0; request < 100; request += 1) {
        expect(budgets.judge(claim(100, 1_000)).passes).toBe(true);
        await budgets.settled();
      }
      clock.time += 60_000;
    }
    expect(budgets.judge(claim(100, 1_000))).toEqual({
      ...{ passes: false, limit: 1_000, remaining: 0, retryAfterSeconds: 3_000 },
      resetsAt: (START + HOUR_MS) / 1_000,
    });
    clock.time = START + HOUR_MS;
    expect(budgets.judge(claim(100, 1_000))).toMatchObject({ passes: true, remaining: 999 });
  });

  it('should let a burst pass that comes before any answer, and all of a small limit', () => {
    const { store, all } = replicas(1);
    const [budgets] = all as [Budgets];
    store.held = true;
    expect(passes(budgets, claim(100), 200)).toBe(sliceOf(100));
    expect(passes(budgets, claim(7, 420, 'user:b'), 20)).toBe(7);
    store.letGo();
  });

  it('should obey a limit that changes in the middle of a window', async () => {
    const { all } = replicas(1);
    const [budgets] = all as [Budgets];
    expect(passes(budgets, claim(20), 30)).toBe(20);
    await budgets.settled();
    expect(passes(budgets, claim(30), 30)).toBe(10);
    await budgets.settled();
    expect(passes(budgets, claim(10), 30)).toBe(0);
  });

  it('should take from all claims or from none', async () => {
    const { all } = replicas(1);
    const [budgets] = all as [Budgets];
    const [agent] = claim(200, 12_000, 'agent');
    const [fleet] = claim(10, 600, 'fleet');
    const both: [Claim, Claim] = [agent, fleet];
    for (let request = 0; request < 15; request += 1) expect(budgets.judge(both).passes).toBe(request < 10);
    expect(passes(budgets, [agent], 200)).toBe(90);
    await budgets.settled();
    expect(passes(budgets, [agent], 200)).toBe(100);
  });

  it('should ask rarely, and for all windows that want something in one statement', async () => {
    const { store, all } = replicas(1);
    const [budgets] = all as [Budgets];
    for (let bucket = 0; bucket < 50; bucket += 1) passes(budgets, claim(100, 1_000, `user:${bucket}`), 20);
    await budgets.settled();
    expect(store.statements).toBe(1);
    for (let request = 0; request < 10_000; request += 1) {
      budgets.judge(claim(600_000, 36_000_000, 'bootstrap'));
      if (request % 100 === 0) await budgets.settled();
    }
    expect(store.statements).toBe(1);
  });

  it('should remember a bounded number of budgets, and those in use', () => {
    const { all } = replicas(1, new Shared(), 1_000);
    const [budgets] = all as [Budgets];
    expect(passes(budgets, claim(2, 120, 'mine'), 2)).toBe(2);
    for (let stranger = 0; stranger < 10_000; stranger += 1) {
      budgets.judge(claim(2, 120, `stranger:${stranger}`));
      if (stranger % 100 === 0) expect(budgets.judge(claim(2, 120, 'mine')).passes).toBe(false);
    }
    expect(budgets.size).toBeLessThanOrEqual(1_000);
  });

  it('should have the old windows forgotten from time to time', async () => {
    const { store, clock, all } = replicas(1);
    const [budgets] = all as [Budgets];
    for (let minute = 0; minute < 25; minute += 1) {
      passes(budgets, claim(10), 10);
      await budgets.settled();
      clock.time += 60_000;
    }
    expect(store.cleanUps).toBe(2);
  });
});

describe('a budget of several replicas', () => {
  it('should be exceeded by a slice per replica at most, also when the answers are slow', async () => {
    const { store, all } = replicas(3);
    store.held = true;
    let passed = 0;
    for (const budgets of all) passed += passes(budgets, claim(200), 500);
    expect(passed).toBe(3 * sliceOf(200));
    store.letGo();
    for (let round = 0; round < 20; round += 1) {
      for (const budgets of all) passed += passes(budgets, claim(200), 50);
      await Promise.all(all.map((budgets) => budgets.settled()));
    }
    expect(passed).toBeGreaterThanOrEqual(200);
    expect(passed).toBeLessThanOrEqual(200 + 3 * sliceOf(200));
  });

  it('should hardly be exceeded when requests come one by one, and leave nobody out', async () => {
    const { all } = replicas(5);
    let passed = 0;
    for (let request = 0; request < 200; request += 1) {
      const budgets = all[request % 5]!;
      if (budgets.judge(claim(100)).passes) passed += 1;
      await budgets.settled();
    }
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThanOrEqual(125);
  });

  it('should be as many budgets as there are replicas while Postgres is away, and one again afterwards', async () => {
    const { store, clock, errors, all } = replicas(2);
    const [first, second] = all as [Budgets, Budgets];
    store.away = true;
    for (const budgets of all) {
      passes(budgets, claim(100), 20);
      await budgets.settled();
      expect(passes(budgets, claim(100), 200)).toBe(80);
    }
    // Once per outage and replica.
    expect(errors).toHaveLength(2);

    store.away = false;
    clock.time += 60_000;
    let passed = 0;
    for (let round = 0; round < 50; round += 1) {
      for (const budgets of [first, second]) {
        passed += passes(budgets, claim(100), 5);
        await budgets.settled();
      }
    }
    expect(passed).toBeLessThanOrEqual(100 + 2 * sliceOf(100));
    expect(passed).toBeGreaterThanOrEqual(100);
  });

  it('should go on alone when Postgres does not answer in time', async () => {
    const { store, clock, all } = replicas(1);
    const [budgets] = all as [Budgets];
    store.held = true;
    expect(passes(budgets, claim(200), 200)).toBe(100);
    await new Promise((resolve) => setImmediate(resolve));
    expect(passes(budgets, claim(200), 200)).toBe(0);
    clock.time += 300;
    expect(passes(budgets, claim(200), 200)).toBe(100);
    store.letGo();
    await budgets.settled();
  });
});
