import type { LivenessChange } from './liveness.kind';
import { agentRegistered } from '@ao/contracts/testing';
import { agentLivenessChange } from '../agent/agent.liveness';
import { LivenessView } from './liveness.view';

const at = (ms: number) => new Date(ms).toISOString();
const registered = (agent_id: string, interval = 10): LivenessChange =>
  agentLivenessChange(agentRegistered({ agent_id, heartbeat_interval_seconds: interval, registered_at: at(0) }))!;
const degraded = (agent_id: string, when: number, last: number): LivenessChange =>
  agentLivenessChange({ type: 'AgentDegraded', data: { agent_id, at: at(when), last_heartbeat: at(last) } })!;
const stale = (agent_id: string, when: number): LivenessChange =>
  agentLivenessChange({
    type: 'AgentWentOffline',
    data: { agent_id, at: at(when), last_heartbeat: at(0), reason: 'marked_stale' },
  })!;

describe('the view of agents', () => {
  it('should follow interval and liveness', () => {
    const view = new LivenessView();
    view.apply(registered('a'));
    view.apply(degraded('a', 12_000, 0));
    expect(view.get('a')).toEqual({ interval_seconds: 10, liveness: 'degraded', beat_at: 0 });
    view.apply(agentLivenessChange({ type: 'AgentCameOnline', data: { agent_id: 'a', at: at(13_000) } })!);
    expect(view.counts()).toEqual({ online: 1, degraded: 0, offline: 0 });
  });

  it('should count one that was never heard of as offline, and forget one that is gone', () => {
    const view = new LivenessView();
    view.apply(agentLivenessChange(agentRegistered({ agent_id: 'a', lifecycle: 'initializing' }))!);
    expect(view.get('a')).toMatchObject({ liveness: 'offline' });
    view.apply(agentLivenessChange({ type: 'AgentDeregistered', data: { agent_id: 'a', at: at(1) } })!);
    expect(view.get('a')).toBeUndefined();
    view.apply(degraded('a', 12_000, 0));
    expect(view.size).toBe(0);
  });

  it('should keep the beats it took when it is seeded again', () => {
    const view = new LivenessView();
    view.apply(registered('a'));
    view.beat('a', 7);
    view.seed([
      { id: 'a', interval_seconds: 5, liveness: 'offline' },
      { id: 'b', interval_seconds: 5, liveness: 'online' },
    ]);
    expect(view.get('a')).toEqual({ interval_seconds: 5, liveness: 'offline', beat_at: 7 });
    expect(view.size).toBe(2);
  });

  it('should contradict a silence that one of its beats breaks', () => {
    const view = new LivenessView();
    view.apply(registered('a'));
    view.beat('a', 9_000);
    expect(view.contradicts(degraded('a', 12_000, 0))).toBe(true);
    expect(view.contradicts(degraded('a', 12_000, 9_000))).toBe(false);
    expect(view.contradicts(degraded('a', 30_000, 0))).toBe(false);
  });

  it('should contradict an operator only by a later beat', () => {
    const view = new LivenessView();
    view.apply(registered('a'));
    view.beat('a', 9_000);
    expect(view.contradicts(stale('a', 9_500))).toBe(false);
    view.beat('a', 9_600);
    expect(view.contradicts(stale('a', 9_500))).toBe(true);
  });
});
