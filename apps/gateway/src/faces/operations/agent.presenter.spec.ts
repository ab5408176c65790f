import type { AgentCondition } from '@ao/contracts';
import { agentDocument } from '@ao/contracts/testing';
import { NO_TELEMETRY, type AgentNow } from '../../projections/agents/agent.queries';
import { presentDetailed, presentListed } from './agent.presenter';

const agent = (changes: Partial<AgentNow> = {}): AgentNow => ({ ...agentDocument(), ...NO_TELEMETRY, ...changes });

describe('an agent in the words of the operations document', () => {
  it.each<[string, Partial<AgentCondition>, string, string]>([
    ['not heard of yet', { lifecycle: 'initializing', liveness: 'unknown' }, 'initializing', 'unknown'],
    ['at work', {}, 'active', 'healthy'],
    ['busy', { load: 'busy' }, 'active', 'healthy'],
    ['late with a beat', { liveness: 'degraded' }, 'active', 'degraded'],
    ['not well, as it says', { health: 'degraded' }, 'active', 'degraded'],
    ['in error, as it says', { health: 'error' }, 'error', 'unhealthy'],
    ['draining', { lifecycle: 'draining' }, 'active', 'healthy'],
    ['silent', { liveness: 'offline' }, 'inactive', 'unhealthy'],
    ['silent, and in error before', { liveness: 'offline', health: 'error' }, 'inactive', 'unhealthy'],
    ['stopped', { lifecycle: 'stopped' }, 'inactive', 'unhealthy'],
  ])('should tell of one that is %s', (_what, condition, status, health) => {
    expect(presentDetailed(agent(condition), undefined, 0)).toMatchObject({ status, health: { status: health } });
  });

  it('should reckon from what it has done, and from nothing where it has done nothing', () => {
    expect(presentListed(agent(), { completed: 1250, failed: 15, milliseconds: 150.4 }).metrics).toEqual({
      tasks_completed: 1250,
      tasks_failed: 15,
      success_rate: 98.8,
      avg_response_time: 150,
    });
    expect(presentListed(agent(), { completed: 0, failed: 0, milliseconds: null }).metrics).toEqual({
      tasks_completed: 0,
      tasks_failed: 0,
      success_rate: null,
      avg_response_time: null,
    });
  });

  it('should count the seconds that it is there, and show the one setting that is obeyed as it is', () => {
    const online_since = '2026-01-01T00:00:00.000Z';
    const now = Date.parse('2026-01-02T00:00:00.900Z');
    const details = { ...agent().details, configuration: { timeout: 300, max_concurrent_tasks: 5 } };
    const shown = presentDetailed(agent({ online_since, details, max_concurrent_tasks: 7 }), undefined, now);
    expect(shown.health.uptime).toBe(86_400);
    expect(shown.configuration).toEqual({ timeout: 300, max_concurrent_tasks: 7 });
    expect(presentDetailed(agent({ online_since: null }), undefined, now).health.uptime).toBe(0);
  });
});
