import type { AgentEvent, CapabilityEvent } from '@ao/contracts';
import { agentProfileChanged, agentRegistered } from '@ao/contracts/testing';
import { agentProjection } from './agent.projection';
import { agentOf, evolveAgentReadModel, type AgentModelEvent, type AgentReadModel } from './agent.read-model';

const TIME = '2026-01-01T00:00:00.000Z';
const ID = 'a';

const inLog = (category: string, event: AgentEvent | CapabilityEvent) => ({ category, ...event }) as AgentModelEvent;
const registered = (capabilities: string[]) => inLog('agent', agentRegistered({ agent_id: ID, capabilities }));
const profile = (capabilities: string[]) => inLog('agent', agentProfileChanged({ agent_id: ID, capabilities }));
const record = (name: string, origin: 'record' | 'agent') => ({
  ...{ capability_id: name, agent_id: ID, name, metadata: {}, groups: [], origin },
});
const recorded = (name: string, origin: 'record' | 'agent' = 'record') =>
  inLog('capability', { type: 'CapabilityRegistered', data: { ...record(name, origin), created_at: TIME } });
const changed = (name: string) =>
  inLog('capability', { type: 'CapabilityChanged', data: { ...record(name, 'record'), changed_at: TIME } });
const removed = (name: string) =>
  inLog('capability', { type: 'CapabilityRemoved', data: { capability_id: name, agent_id: ID, name, at: TIME } });

const after = (...events: AgentModelEvent[]) =>
  events.reduce<AgentReadModel | undefined>((agent, event) => evolveAgentReadModel(agent, event), undefined);
const capabilities = (...events: AgentModelEvent[]) => agentProjection.columns?.(after(...events)!).capabilities;

describe('what an agent can do, by its profile and by what was registered for it', () => {
  it('should be both, each once', () => {
    expect(capabilities(registered(['ocr']), recorded('translate'), recorded('ocr'))).toEqual(['ocr', 'translate']);
  });

  it('should lose what is removed, unless the profile has it too', () => {
    const both = [registered(['ocr']), recorded('ocr'), recorded('translate')];
    expect(capabilities(...both, removed('translate'))).toEqual(['ocr']);
    expect(capabilities(...both, removed('ocr'))).toEqual(['ocr', 'translate']);
  });

  it('should keep what was registered when the profile drops the word, and drop it with the record', () => {
    const dropped = [registered(['ocr']), recorded('ocr', 'agent'), changed('ocr'), profile([])];
    expect(capabilities(...dropped)).toEqual(['ocr']);
    expect(capabilities(...dropped, removed('ocr'))).toEqual([]);
  });

  it('should not count what only follows the profile: the word goes at once, and its record later', () => {
    expect(agentOf(recorded('ocr', 'agent'))).toBeUndefined();
    expect(capabilities(registered(['ocr']), recorded('ocr', 'agent'), profile([]))).toEqual([]);
  });

  it('should write nothing where nothing changed, and nothing for an agent that there is not', () => {
    const agent = after(registered(['ocr']), recorded('translate'))!;
    for (const event of [changed('translate'), recorded('translate'), removed('ocr')])
      expect(evolveAgentReadModel(agent, event)).toBe(agent);
    expect(after(recorded('ocr'))).toBeUndefined();
  });

  it('should leave the revision to the agent', () => {
    expect(after(registered([]), recorded('ocr'), removed('ocr'))).toMatchObject({ revision: 1, recorded: [] });
  });
});
