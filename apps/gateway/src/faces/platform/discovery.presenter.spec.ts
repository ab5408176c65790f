import { metricsOf, presentCapability, presentGroupAgent, presentHealth, presentRoute } from './discovery.presenter';
import { ShownCapability, ShownGroupAgent, ShownHealth, ShownRoute } from './discovery.schemas';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const TIME = '2026-01-01T12:00:00.000Z';
const agent = { agent_id: ID, load: 0.3, health: 'healthy' as const, last_heartbeat: TIME };
const own = { ...agent, external_id: 'document-processor-1' };
const nameless = { ...agent, external_id: null };

describe('the words of seed 004', () => {
  it('should be those of a capability', () => {
    const record = { capability_id: ID, name: 'document.ocr', metadata: { version: '1.0.0' }, groups: ['production'] };
    const shown = presentCapability({ ...record, ...own, origin: 'record', created_at: TIME });
    expect(shown).toEqual({
      id: 'cap_01890a5dac96774bbcceb302099a8057',
      agent_id: 'document-processor-1',
      capability: 'document.ocr',
      metadata: { version: '1.0.0' },
      groups: ['production'],
      origin: 'record',
      created_at: TIME,
    });
    expect(ShownCapability.safeParse(shown).success).toBe(true);
  });

  it('should be those of a route', () => {
    const shown = presentRoute({ ...own, capability: 'document.ocr', metadata: {} });
    expect(shown).toEqual({
      ...{ agent_id: 'document-processor-1', capability: 'document.ocr', metadata: {} },
      ...{ load: 0.3, health: 'healthy', last_heartbeat: TIME },
    });
    expect(ShownRoute.safeParse(shown).success).toBe(true);
  });

  it("should be those of an agent's health", () => {
    const shown = presentHealth({ ...own, uptime_seconds: 86_400 });
    expect(shown).toEqual({
      ...{ agent_id: 'document-processor-1', status: 'healthy', load: 0.3 },
      ...{ last_heartbeat: TIME, uptime_seconds: 86_400 },
    });
    expect(ShownHealth.safeParse(shown).success).toBe(true);
  });

  it('should show our id of an agent without one of its own, and the load it counts as', () => {
    const shown = presentGroupAgent({ ...nameless, load: null, capabilities: ['ocr'] });
    expect(shown).toMatchObject({ agent_id: ID, load: 0, capabilities: ['ocr'] });
    expect(ShownGroupAgent.safeParse(shown).success).toBe(true);
  });
});

describe('a heartbeat', () => {
  it('should tell its numbers as load metrics, and its load above all', () => {
    expect(metricsOf({ load: 0.3, metadata: { active_tasks: 5, memory_mb: 512 } })).toEqual({
      ...{ load: 0.3, active_tasks: 5, memory_mb: 512 },
    });
    expect(metricsOf({ load: 0.3, metadata: { load: 7, region: 'east', nested: { a: 1 }, '': 1 } })).toEqual({
      load: 0.3,
    });
    expect(metricsOf({ metadata: {} })).toBeUndefined();
  });
});
