import type { AlertKind, ServiceStatus } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { statusOf } from './alert.testing';
import { StatusBoard } from './status.board';
import {
  laggingSince,
  subscriptionFacts,
  vanishedSubscriptions,
  watchSubscription,
  type SubscriptionFacts,
} from './subscription.watch';

const LIMITS = { lag_seconds: 60, lag_for_seconds: 30, caught_up_seconds: 10 };
const SOURCE = 'tasks/breakers';

type Report = ServiceStatus['subscriptions'][number];
const report = (changes: Partial<Report>): Report => ({
  ...{ name: 'breakers', kind: 'owned', state: 'active', lag_events: 0, lag_seconds: 0, parked_streams: 0 },
  ...changes,
});
const factsOf = (...reports: Partial<Report>[]) => {
  const board = new StatusBoard(0);
  for (const each of reports)
    board.heard(statusOf('tasks', { instance_id: newId(), subscriptions: [report(each)] }), 0);
  return subscriptionFacts(board.all()).get(SOURCE);
};

describe('what replicas say of a subscription', () => {
  it('should be what the active one says, where one owns it', () => {
    expect(factsOf({ lag_seconds: 90, parked_streams: 2 }, { state: 'standby', lag_seconds: 3 })).toEqual({
      ...{ source: SOURCE, lag_seconds: 90, parked_streams: 2 },
    });
  });

  it('should be what the one says that is furthest, while nobody is active', () => {
    expect(factsOf({ state: 'paused', lag_seconds: 90 }, { state: 'standby', lag_seconds: 80 })).toEqual({
      ...{ source: SOURCE, lag_seconds: 80, parked_streams: undefined },
    });
  });

  it('should be what the last one says, where each has its own view', () => {
    expect(factsOf({ kind: 'local', lag_seconds: 5 }, { kind: 'local', lag_seconds: 70 })?.lag_seconds).toBe(70);
  });

  it('should be unknown where nobody knows', () => {
    expect(factsOf({ lag_seconds: undefined, state: 'standby' })).toEqual({ source: SOURCE });
  });
});

describe('a subscription', () => {
  const raised = new Set<AlertKind>();
  let since: number | undefined;

  /** One look per second of a story of lags; what it says, by the second. */
  function tell(story: readonly Partial<SubscriptionFacts>[]): string[] {
    const said: string[] = [];
    raised.clear();
    since = undefined;
    for (const [second, each] of story.entries()) {
      const facts = { source: SOURCE, lag_seconds: 0, parked_streams: 0, ...each };
      const now = second * 1_000;
      since = laggingSince({ facts, now, laggingSince: since }, LIMITS);
      const look = { facts, now, laggingSince: since };
      for (const { kind, verdict } of watchSubscription(look, (k) => (raised.has(k) ? 'warning' : undefined), LIMITS)) {
        if (raised.has(kind) === (verdict === 'raise')) continue;
        if (verdict === 'raise') raised.add(kind);
        else raised.delete(kind);
        said.push(`${second}: ${verdict} ${kind}`);
      }
    }
    return said;
  }
  const lags = (seconds: number, lag_seconds: number | undefined) =>
    Array.from({ length: seconds }, () => ({ lag_seconds }));

  it('should lag when it is behind for more than 60 s for 30 s, until it is below 10 s', () => {
    const lagging = [...lags(31, 61), ...lags(10, 30), ...lags(1, 10), ...lags(1, 9)];
    expect(tell(lagging)).toEqual(['30: raise subscription_lagging', '42: clear subscription_lagging']);
  });

  it('should not lag when it is not that far behind, or not for so long', () => {
    expect(tell([...lags(100, 60), ...lags(30, 61), ...lags(1, 60), ...lags(30, 61)])).toEqual([]);
  });

  it('should stay as it is while nobody knows how far it is', () => {
    expect(tell([...lags(31, 61), ...lags(50, undefined)])).toEqual(['30: raise subscription_lagging']);
    expect(tell([...lags(20, 61), ...lags(15, undefined), ...lags(1, 61)])).toEqual(['35: raise subscription_lagging']);
  });

  it('should have parked events at once, until they are handled', () => {
    const parked = (parked_streams: number | undefined) => ({ parked_streams });
    expect(tell([parked(1), parked(3), parked(undefined), parked(0), parked(0)])).toEqual([
      '0: raise events_parked',
      '3: clear events_parked',
    ]);
  });

  it('should be over when its service does not have it any more', () => {
    const board = new StatusBoard(0);
    board.heard(statusOf('tasks', { subscriptions: [report({ name: 'queues' })] }), 0);
    board.heard(statusOf('gateway', { ready: false, failing: [{ check: 'start', error: 'starting' }] }), 0);
    const sources = ['tasks/breakers', 'tasks/queues', 'gateway/agents', 'discovery/search'];
    const standing = sources.map((source) => ({ kind: 'events_parked', source }) as const);
    const vanished = vanishedSubscriptions(
      [...standing, { kind: 'service_unhealthy', source: 'tasks' }],
      subscriptionFacts(board.all()),
      board.all(),
    );
    expect(vanished).toEqual([{ kind: 'events_parked', source: 'tasks/breakers', details: {}, verdict: 'clear' }]);
  });
});
