import * as fc from 'fast-check';
import {
  evolveAgent,
  NO_DETAILS,
  type AgentChanges,
  type AgentDocument,
  type AgentEvent,
  type AgentProfile,
} from '@ao/contracts';
import { agentProfile, agentRegistered, type ProfileChanges } from '@ao/contracts/testing';
import { fold, isRejection } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { livenessAfter } from '../liveness/liveness.rules';
import { agentDecider, MAX_PROFILE_BYTES, type AgentCommand } from './agent.decider';

const AGENT = '01900000-0000-7000-8000-000000000001';
const T0 = '2026-01-01T00:00:00.000Z';
const after = (ms: number) => new Date(Date.parse(T0) + ms).toISOString();

const profile = agentProfile({
  name: 'hermes-agent',
  capabilities: ['data-processing', 'analysis'],
  services: ['task-execution'],
  endpoints: { http: 'http://localhost:9002' },
  metadata: { version: '1.0.0', nested: { a: 1, b: [1, 2] } },
  version: '1.0.0',
  heartbeat_interval_seconds: 10,
});

const registered = agentRegistered({
  ...profile,
  agent_id: AGENT,
  external_id: 'hermes-agent',
  registered_at: T0,
});
const degraded: AgentEvent = { type: 'AgentDegraded', data: { agent_id: AGENT, at: T0, last_heartbeat: T0 } };
const offline: AgentEvent = {
  type: 'AgentWentOffline',
  data: { agent_id: AGENT, at: T0, last_heartbeat: T0, reason: 'heartbeats_missed' },
};
const stopped: AgentEvent = { type: 'AgentStopped', data: { agent_id: AGENT, at: T0 } };
const busy: AgentEvent = { type: 'AgentMarkedBusy', data: { agent_id: AGENT, at: T0 } };

const register = (changes: Partial<AgentProfile> = {}, time = T0) =>
  testCommand(
    'RegisterAgent',
    { ...profile, ...changes, external_id: 'hermes-agent', agent_id: AGENT },
    { time },
  ) satisfies AgentCommand;
const report = (status: 'active' | 'inactive' | 'busy' | 'stale', time = after(1000)) =>
  testCommand(
    'ReportAgentStatus',
    { agent_id: AGENT, status, last_heartbeat: after(500) },
    { time },
  ) satisfies AgentCommand;
const create = (changes: ProfileChanges = {}) =>
  testCommand(
    'CreateAgent',
    { agent_id: AGENT, profile: agentProfile(changes), lifecycle: 'initializing' as const },
    { time: T0 },
  ) satisfies AgentCommand;
const change = (changes: AgentChanges, expected_revision?: number) =>
  testCommand(
    'ChangeAgent',
    { agent_id: AGENT, changes, expected_revision },
    { time: after(1000) },
  ) satisfies AgentCommand;
const deregister = (expected_revision?: number) =>
  testCommand('DeregisterAgent', { agent_id: AGENT, expected_revision }, { time: after(1000) }) satisfies AgentCommand;
const online = (time = after(1000)): AgentCommand =>
  testCommand('ChangeLiveness', { agent_id: AGENT, liveness: 'online' as const }, { time });
const silent = (liveness: 'degraded' | 'offline', time: string, since = T0): AgentCommand =>
  testCommand('ChangeLiveness', { agent_id: AGENT, liveness, last_heartbeat: since, silent_since: since }, { time });

const { given } = deciderSpec(agentDecider);

describe('registering an agent', () => {
  it('should register an unknown one with its whole profile', () => {
    const result = given().when(register()).then(registered);
    expect(result).toEqual({ agent_id: AGENT, registered_at: T0, created: true });
  });

  it('should change nothing when the same profile comes again, and answer with the first registration', () => {
    const sameInOtherOrder = register({ metadata: { nested: { b: [1, 2], a: 1 }, version: '1.0.0' } }, after(5000));
    const result = given(registered).when(sameInOtherOrder).then();
    expect(result).toEqual({ agent_id: AGENT, registered_at: T0, created: false });
  });

  it('should tell a changed profile, whole', () => {
    given(registered)
      .when(register({ capabilities: ['ocr'] }, after(5000)))
      .then({
        type: 'AgentProfileChanged',
        data: { ...profile, capabilities: ['ocr'], agent_id: AGENT, changed_at: after(5000) },
      });
  });

  it('should compare with the newest profile', () => {
    const changed: AgentEvent = {
      type: 'AgentProfileChanged',
      data: { ...profile, capabilities: ['ocr'], agent_id: AGENT, changed_at: T0 },
    };
    given(registered, changed)
      .when(register({ capabilities: ['ocr'] }))
      .then();
    given(registered, changed).when(register()).thenTypes('AgentProfileChanged');
  });

  it('should leave alone the details of which the sender says nothing', () => {
    const details = { ...NO_DETAILS, labels: { zone: 'a' }, role: 'reviewer' };
    const detailed = agentRegistered({ ...registered.data, details });
    const { details: _none, ...plain } = register({ version: '2' }).data;
    given(detailed)
      .when({ ...register(), data: plain })
      .then({
        type: 'AgentProfileChanged',
        data: { ...profile, version: '2', details, agent_id: AGENT, changed_at: T0 },
      });
    given()
      .when({ ...register(), data: plain })
      .thenTypes('AgentRegistered');
  });

  it('should bring an offline agent online', () => {
    given(registered, degraded, offline)
      .when(register({}, after(60_000)))
      .then({ type: 'AgentCameOnline', data: { agent_id: AGENT, at: after(60_000) } });
  });

  it('should not restart a stopped agent', () => {
    given(registered, stopped).when(register()).then();
    given(registered, stopped, offline).when(register()).thenTypes('AgentCameOnline');
  });

  it('should keep nothing but the profile of what was sent', () => {
    const extra = { ...register(), data: { ...register().data, lifecycle: 'stopped' } };
    given().when(extra).then(registered);
  });

  it('rejects a profile that no reply could carry', () => {
    given()
      .when(register({ metadata: { note: 'é'.repeat(MAX_PROFILE_BYTES / 2) } }))
      .thenRejected({ rejection: 'too_large', code: 'profile_too_large' });
  });
});

describe('an agent that somebody makes', () => {
  const created = agentRegistered({ agent_id: AGENT, lifecycle: 'initializing', registered_at: T0 });
  const activated: AgentEvent = { type: 'AgentActivated', data: { agent_id: AGENT, at: after(1000) } };
  const cameOnline: AgentEvent = { type: 'AgentCameOnline', data: { agent_id: AGENT, at: after(1000) } };

  it('should be initializing until it is heard of or started', () => {
    const result = given().when(create()).then(created);
    expect(result).toEqual({ agent_id: AGENT, registered_at: T0, revision: 1 });
    given(created).when(online()).then(activated, cameOnline);
    given(created).when(report('active')).then(activated, cameOnline);
    given(created).when(report('busy')).thenTypes('AgentMarkedBusy', 'AgentCameOnline');
  });

  it('should be activated by no beat once it was stopped', () => {
    given(created)
      .when(report('inactive'))
      .then({ type: 'AgentStopped', data: { agent_id: AGENT, at: after(1000) } });
    given(created, stopped).when(online()).then(cameOnline);
  });

  it('should be missed by nobody before it was heard of', () => {
    given(created)
      .when(silent('offline', after(600_000)))
      .then();
    given(created).when(report('stale')).then();
  });

  it('rejects to be made twice, and a profile that no reply could carry', () => {
    given(created).when(create()).thenRejected({ rejection: 'conflict', code: 'agent_exists' });
    given()
      .when(create({ metadata: { note: 'x'.repeat(MAX_PROFILE_BYTES) } }))
      .thenRejected({ rejection: 'too_large' });
  });
});

describe('changing an agent', () => {
  const detailed = agentRegistered({
    agent_id: AGENT,
    capabilities: ['ocr'],
    details: { labels: { zone: 'a', rack: '1' }, configuration: { timeout: 300, retry: { attempts: 3, wait: 1 } } },
  });

  it('should replace lists, merge labels and configuration, and leave the rest', () => {
    const changes: AgentChanges = {
      capabilities: ['nlp'],
      details: {
        labels: { zone: 'b', rack: null, row: '7' },
        configuration: { retry: { wait: 2 }, timeout: null, note: 'new' },
        role: 'reviewer',
      },
    };
    const result = given(detailed)
      .when(change(changes))
      .then({
        type: 'AgentProfileChanged',
        data: {
          ...agentProfile({
            capabilities: ['nlp'],
            details: {
              labels: { zone: 'b', row: '7' },
              configuration: { retry: { attempts: 3, wait: 2 }, note: 'new' },
              role: 'reviewer',
            },
          }),
          agent_id: AGENT,
          changed_at: after(1000),
        },
      });
    expect(result).toEqual({ agent_id: AGENT, revision: 2, updated_at: after(1000) });
  });

  it('should tell nothing when nothing changes', () => {
    const result = given(detailed)
      .when(change({ capabilities: ['ocr'], details: { labels: { zone: 'a', row: null } } }))
      .then();
    expect(result).toEqual({ agent_id: AGENT, revision: 1, updated_at: T0 });
  });

  it('should count as no sign of life', () => {
    given(detailed, degraded, offline)
      .when(change({ name: 'other' }))
      .thenTypes('AgentProfileChanged');
  });

  it('should count revisions by what somebody did, not by what was heard', () => {
    given(detailed, stopped, degraded, offline)
      .when(change({ name: 'other' }, 2))
      .thenTypes('AgentProfileChanged');
    given(detailed, stopped)
      .when(change({ name: 'other' }, 1))
      .thenRejected({ rejection: 'precondition_failed', code: 'revision_differs' });
    given(detailed, stopped).when(deregister(1)).thenRejected({ rejection: 'precondition_failed' });
  });

  it('rejects a profile that would become too large', () => {
    given(detailed)
      .when(change({ details: { configuration: { note: 'x'.repeat(MAX_PROFILE_BYTES) } } }))
      .thenRejected({ rejection: 'too_large' });
  });
});

describe('an agent that is gone', () => {
  const gone: AgentEvent = { type: 'AgentDeregistered', data: { agent_id: AGENT, at: after(1000) } };

  it('should be told once, with the time', () => {
    const result = given(registered).when(deregister()).then(gone);
    expect(result).toEqual({ agent_id: AGENT, deleted_at: after(1000) });
  });

  it('rejects whatever is asked of it, as of an agent that never was', () => {
    const asked = [register(), change({ name: 'x' }), deregister(), report('active'), online(), silent('offline', T0)];
    for (const command of asked)
      given(registered, gone).when(command).thenRejected({ rejection: 'not_found', code: 'agent_not_found' });
  });
});

describe('reporting a status', () => {
  it('should activate a stopped or busy agent by the word active', () => {
    const activated: AgentEvent = { type: 'AgentActivated', data: { agent_id: AGENT, at: after(1000) } };
    given(registered).when(report('active')).then();
    given(registered, busy).when(report('active')).then(activated);
    given(registered, stopped).when(report('active')).then(activated);
  });

  it('should mark busy once', () => {
    given(registered)
      .when(report('busy'))
      .then({ type: 'AgentMarkedBusy', data: { agent_id: AGENT, at: after(1000) } });
    given(registered, busy).when(report('busy')).then();
    given(registered, busy, stopped).when(report('busy')).thenTypes('AgentMarkedBusy');
  });

  it('should stop by the word inactive, once', () => {
    given(registered)
      .when(report('inactive'))
      .then({ type: 'AgentStopped', data: { agent_id: AGENT, at: after(1000) } });
    given(registered, stopped).when(report('inactive')).then();
  });

  it('should take an agent offline by the word stale, once, with the last beat known', () => {
    given(registered)
      .when(report('stale'))
      .then({
        type: 'AgentWentOffline',
        data: { agent_id: AGENT, at: after(1000), last_heartbeat: after(500), reason: 'marked_stale' },
      });
    given(registered, offline).when(report('stale')).then();
  });

  it('should clear stale by a beat, and by an agent that says it works', () => {
    given(registered, offline).when(online()).thenTypes('AgentCameOnline');
    given(registered, offline).when(report('active')).thenTypes('AgentCameOnline');
    given(registered, offline).when(report('busy')).thenTypes('AgentMarkedBusy', 'AgentCameOnline');
    given(registered, offline).when(report('inactive')).thenTypes('AgentStopped');
  });

  it('should never clear inactive by a beat', () => {
    given(registered, stopped).when(online()).then();
    given(registered, stopped, offline).when(online()).thenTypes('AgentCameOnline');
  });

  it('rejects an agent it does not know', () => {
    given()
      .when(report('active'))
      .thenRejected({
        rejection: 'not_found',
        message: `Expected to report the status of agent '${AGENT}', but it is not registered`,
      });
    given().when(online()).thenRejected({ rejection: 'not_found' });
  });
});

describe('changing the liveness', () => {
  it('should degrade after one missed beat', () => {
    given(registered)
      .when(silent('degraded', after(11_001)))
      .then({ type: 'AgentDegraded', data: { agent_id: AGENT, at: after(11_001), last_heartbeat: T0 } });
  });

  it('should go offline after three', () => {
    given(registered, degraded)
      .when(silent('offline', after(31_001)))
      .then({
        type: 'AgentWentOffline',
        data: { agent_id: AGENT, at: after(31_001), last_heartbeat: T0, reason: 'heartbeats_missed' },
      });
  });

  it('should tell both steps when the sweep comes late', () => {
    given(registered)
      .when(silent('offline', after(40_000)))
      .thenTypes('AgentDegraded', 'AgentWentOffline');
  });

  it('should tell each transition once', () => {
    given(registered, degraded)
      .when(silent('degraded', after(12_000)))
      .then();
    given(registered, degraded, offline)
      .when(silent('offline', after(40_000)))
      .then();
    given(registered, degraded, offline)
      .when(silent('degraded', after(40_000)))
      .then();
  });

  it('should check again what the sweep believed', () => {
    given(registered)
      .when(silent('degraded', after(11_000)))
      .then();
    given(registered)
      .when(silent('offline', after(12_000)))
      .thenTypes('AgentDegraded');
  });

  it('should count silence from a sign of life that the sweep had not seen', () => {
    const cameOnline: AgentEvent = { type: 'AgentCameOnline', data: { agent_id: AGENT, at: after(30_000) } };
    given(registered, degraded, cameOnline)
      .when(silent('offline', after(35_000)))
      .then();
  });

  it('should count by the interval that the agent has now', () => {
    const slower: AgentEvent = {
      type: 'AgentProfileChanged',
      data: { ...profile, heartbeat_interval_seconds: 60, agent_id: AGENT, changed_at: T0 },
    };
    given(registered, slower)
      .when(silent('offline', after(50_000)))
      .then();
  });

  it('should not degrade an agent that its operator took offline', () => {
    given(registered, offline)
      .when(silent('degraded', after(60_000)))
      .then();
  });
});

describe('any history', () => {
  const step = fc.record({
    wait: fc.integer({ min: 0, max: 40_000 }),
    what: fc.constantFrom('register', 'change', 'active', 'busy', 'inactive', 'stale', 'beat', 'sweep' as const),
  });

  /** Runs commands the way the service does: the sweep asks for what is due since the last sign of life. */
  function play(steps: readonly { wait: number; what: string }[]): AgentEvent[] {
    const events: AgentEvent[] = [];
    let clock = 0;
    let beat = 0;
    const run = (command: AgentCommand) => {
      const decision = agentDecider.decide(command, fold(agentDecider, events));
      if (isRejection(decision)) throw new Error(decision.message);
      events.push(...decision.events);
    };
    run(register());
    for (const { wait, what } of steps) {
      clock += wait;
      const time = after(clock);
      if (['register', 'change', 'active', 'busy', 'beat'].includes(what)) beat = clock;
      if (what === 'register') run(register({}, time));
      else if (what === 'change') run(register({ version: String(clock) }, time));
      else if (what === 'beat') run(online(time));
      else if (what === 'sweep') {
        const due = livenessAfter(clock - beat, 10);
        if (due !== 'online') run(silent(due, time, after(beat)));
      } else run(report(what as 'active', time));
    }
    return events;
  }

  it('should never tell the same transition twice in a row, nor go offline by silence without degrading', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let liveness = 'online';
        for (const event of play(steps)) {
          if (event.type === 'AgentCameOnline') {
            expect(liveness).not.toBe('online');
            liveness = 'online';
          } else if (event.type === 'AgentDegraded') {
            expect(liveness).toBe('online');
            liveness = 'degraded';
          } else if (event.type === 'AgentWentOffline') {
            expect(liveness).not.toBe('offline');
            if (event.data.reason === 'heartbeats_missed') expect(liveness).toBe('degraded');
            liveness = 'offline';
          }
        }
      }),
    );
  });

  it('should fold to the same condition and revision here and in the document that readers keep', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const events = play(steps);
        const state = fold(agentDecider, events);
        const document = events.reduce<AgentDocument | undefined>(evolveAgent, undefined);
        expect(state).toMatchObject({
          lifecycle: document?.lifecycle,
          load: document?.load,
          liveness: document?.liveness,
          revision: document?.revision,
          updated_at: document?.updated_at,
        });
      }),
    );
  });
});
