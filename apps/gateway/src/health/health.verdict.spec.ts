import type { ServiceStatus } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { backlogOf, overall, queueVerdict, serviceHealth } from './health.verdict';
import type { HeardProcess } from './service.board';

type Followed = ServiceStatus['subscriptions'][number];

const followed = (changes: Partial<Followed> = {}): Followed => ({
  ...{ name: 'agents', kind: 'owned', state: 'active', lag_events: 0, lag_seconds: 0, parked_streams: 0 },
  ...changes,
});
const heard = (heardAt: number, changes: Partial<ServiceStatus> = {}): HeardProcess => ({
  heardAt,
  status: {
    ...{ service: 'tasks', instance_id: newId(), at: '2026-01-01T00:00:00.000Z', ready: true, stopping: false },
    ...{ failing: [], subscriptions: [], ...changes },
  },
});

describe('how the parts of an installation are', () => {
  it.each([
    ['its only process is ready', [heard(104)], 'healthy', 4, 1],
    ['all its processes are ready', [heard(109), heard(103)], 'healthy', 3, 2],
    ['one of them is not', [heard(101), heard(102, { ready: false })], 'degraded', 1, 2],
    ['one of them does not answer', [heard(101), heard(99)], 'degraded', 1, 1],
    ['none of them answers', [heard(99), heard(50)], 'unhealthy', null, 0],
    ['none of them is ready', [heard(101, { ready: false })], 'unhealthy', 1, 1],
    ['only others were heard', [heard(101, { service: 'registry' })], 'unhealthy', null, 0],
  ] as const)('should judge a service when %s', (_when, processes, status, response_time, replicas) => {
    const judged = serviceHealth('tasks', { askedAt: 100, processes });
    expect(judged).toEqual({ status, response_time, replicas, failing: [] });
  });

  it('should name each check that fails once, and none of its error', () => {
    const failing = [{ check: 'postgres', error: 'connect ECONNREFUSED 10.0.0.7:5432' }];
    const processes = [heard(101, { ready: false, failing }), heard(102, { ready: false, failing })];
    expect(serviceHealth('tasks', { askedAt: 100, processes }).failing).toEqual(['postgres']);
  });

  it('should tell how far behind the last subscription is, standbys and what has stopped left out', () => {
    const processes = [
      heard(1, { subscriptions: [followed({ lag_events: 7, lag_seconds: 3, parked_streams: 2 })] }),
      heard(1, { subscriptions: [followed({ state: 'standby', lag_events: 900, parked_streams: 2 })] }),
      heard(1, {
        subscriptions: [
          followed({ name: 'hub', kind: 'local', lag_events: 4 }),
          followed({ state: 'stopped', lag_events: 99 }),
        ],
      }),
      heard(1, { subscriptions: [followed({ name: 'hub', kind: 'local', lag_events: 9, lag_seconds: 1 })] }),
    ];
    expect(backlogOf(processes)).toEqual({ pending: 9, seconds: 3, parkedStreams: 2 });
    expect(backlogOf([])).toEqual({ pending: 0, seconds: 0, parkedStreams: 0 });
  });

  it('should be whole again when a release takes over a subscription from the one before', () => {
    const processes = [
      heard(1, { subscriptions: [followed({ state: 'paused', lag_events: 5_000, lag_seconds: 300 })] }),
      heard(1, { subscriptions: [followed({ lag_events: 1, lag_seconds: 0 })] }),
    ];
    expect(backlogOf(processes)).toMatchObject({ pending: 1, seconds: 0 });
  });

  it('should call the queue degraded when what it carries does not arrive', () => {
    const none = { pending: 0, seconds: 0, parkedStreams: 0 };
    expect(queueVerdict(2, none)).toBe('healthy');
    expect(queueVerdict(null, none)).toBe('unhealthy');
    expect(queueVerdict(2, { ...none, parkedStreams: 1 })).toBe('degraded');
    expect(queueVerdict(2, { ...none, pending: 1_000_000, seconds: 59 })).toBe('healthy');
    expect(queueVerdict(2, { ...none, pending: 1, seconds: 61 })).toBe('degraded');
  });

  it('should be unhealthy only without what every request needs', () => {
    const parts = { database: 'healthy', messageQueue: 'healthy', services: ['healthy', 'healthy'] } as const;
    expect(overall(parts)).toBe('healthy');
    expect(overall({ ...parts, services: ['healthy', 'unhealthy'] })).toBe('degraded');
    expect(overall({ ...parts, messageQueue: 'degraded' })).toBe('degraded');
    expect(overall({ ...parts, database: 'unhealthy' })).toBe('unhealthy');
    expect(overall({ ...parts, messageQueue: 'unhealthy' })).toBe('unhealthy');
  });
});
