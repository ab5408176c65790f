import { evolveWorker, workerStatus, type WorkerDocument, type WorkerEvent } from '@ao/contracts';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { workerDecider, type WorkerCommand } from './worker.decider';

const WORKER = '01900000-0000-7000-8000-000000000001';
const T0 = '2026-01-01T00:00:00.000Z';
const after = (ms: number) => new Date(Date.parse(T0) + ms).toISOString();

const details = {
  ...{ name: 'one', hostname: 'rack-1', ip_address: '10.0.0.7', max_agents: 4, cpu_cores: 8 },
  ...{ memory_total_mb: 16_384, os_info: 'Linux', heartbeat_interval_seconds: 10 },
};
const registered: WorkerEvent = {
  type: 'WorkerRegistered',
  data: { ...details, worker_id: WORKER, registered_at: T0 },
};
const approved = (group: string, at = T0): WorkerEvent => ({
  type: 'WorkerApproved',
  data: { worker_id: WORKER, group, at },
});
const rejected: WorkerEvent = { type: 'WorkerRejected', data: { worker_id: WORKER, at: T0 } };
const degraded = (at: string, last_heartbeat = T0): WorkerEvent => ({
  type: 'WorkerDegraded',
  data: { worker_id: WORKER, at, last_heartbeat },
});
const offline = (at: string, last_heartbeat = T0): WorkerEvent => ({
  type: 'WorkerWentOffline',
  data: { worker_id: WORKER, at, last_heartbeat },
});
const online = (at: string): WorkerEvent => ({ type: 'WorkerCameOnline', data: { worker_id: WORKER, at } });

const register = (changes: Partial<typeof details> = {}, time = T0) =>
  testCommand('RegisterWorker', { ...details, ...changes, worker_id: WORKER }, { time }) satisfies WorkerCommand;
const approve = (is_approved: boolean, group?: string) =>
  testCommand('ApproveWorker', { worker_id: WORKER, is_approved, group }, { time: T0 }) satisfies WorkerCommand;
const silence = (liveness: 'degraded' | 'offline', time: string, last_heartbeat: string | null = null) =>
  testCommand(
    'ChangeWorkerLiveness',
    { id: WORKER, liveness, last_heartbeat, silent_since: last_heartbeat ?? T0 },
    { time },
  ) satisfies WorkerCommand;
const sign = (time: string) =>
  testCommand('ChangeWorkerLiveness', { id: WORKER, liveness: 'online' as const }, { time }) satisfies WorkerCommand;

const { given } = deciderSpec(workerDecider);

describe('a worker', () => {
  it('should register, and renew what it is', () => {
    given().when(register()).then(registered);
    given(registered).when(register()).then();
    given(registered)
      .when(register({ max_agents: 9 }, after(5)))
      .then({
        type: 'WorkerDetailsChanged',
        data: { ...details, max_agents: 9, worker_id: WORKER, changed_at: after(5) },
      });
  });

  it('should come back when it registers again', () => {
    given(registered, degraded(after(1)), offline(after(2)))
      .when(register({}, after(5)))
      .then(online(after(5)));
  });

  it('should be approved into a group, moved and rejected, each told once', () => {
    given(registered).when(approve(true)).then(approved('default'));
    given(registered).when(approve(true, 'gpu')).then(approved('gpu'));
    given(registered, approved('gpu')).when(approve(true)).then();
    given(registered, approved('gpu')).when(approve(true, 'cpu')).then(approved('cpu'));
    given(registered, approved('gpu'), rejected).when(approve(true)).then(approved('gpu'));
    given(registered).when(approve(false)).then(rejected);
    given(registered, rejected).when(approve(false)).then();
  });

  it('should degrade and go offline once each, and no further than its silence allows', () => {
    given(registered)
      .when(silence('degraded', after(11_000)))
      .then();
    given(registered)
      .when(silence('offline', after(11_001)))
      .then(degraded(after(11_001)));
    given(registered)
      .when(silence('offline', after(31_001)))
      .then(degraded(after(31_001)), offline(after(31_001)));
    given(registered, degraded(after(11_001)))
      .when(silence('degraded', after(12_000)))
      .then();
    given(registered, degraded(after(11_001)), offline(after(31_001)))
      .when(silence('offline', after(60_000)))
      .then();
  });

  it('should count silence from its newest sign of life', () => {
    given(registered, degraded(after(11_001)), online(after(20_000)))
      .when(silence('offline', after(31_001)))
      .then(degraded(after(31_001), after(20_000)));
    given(registered)
      .when(silence('offline', after(31_001), after(25_000)))
      .then();
  });

  it('should come online at a sign of life, once', () => {
    given(registered, degraded(after(11_001)))
      .when(sign(after(12_000)))
      .then(online(after(12_000)));
    given(registered)
      .when(sign(after(12_000)))
      .then();
  });

  it('rejects what is asked of a worker that nobody knows', () => {
    for (const command of [approve(true), silence('offline', T0), sign(T0)])
      given().when(command).thenRejected({ rejection: 'not_found', code: 'worker_not_found' });
  });

  it('should show liveness only once it is approved', () => {
    const shown = (...events: WorkerEvent[]) =>
      workerStatus(events.reduce<WorkerDocument | undefined>(evolveWorker, undefined)!);
    expect(shown(registered)).toBe('pending');
    expect(shown(registered, approved('gpu'))).toBe('online');
    expect(shown(registered, approved('gpu'), degraded(T0))).toBe('degraded');
    expect(shown(registered, approved('gpu'), degraded(T0), offline(T0))).toBe('offline');
    expect(shown(registered, approved('gpu'), rejected)).toBe('rejected');
  });
});
