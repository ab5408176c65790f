import type { AgentDocument } from '@ao/contracts';
import { agentDocument } from '@ao/contracts/testing';
import { AgentScores } from '@ao/routing';
import { AgentBoard } from '../agents/agent.board';
import { CapabilityFinder } from './capability.finder';
import { agentId, capabilityOf, TIME } from './capability.testing';
import { CapabilityView } from './capability.view';

const NOW = Date.parse(TIME) + 90_500;

function findIn(agents: Partial<AgentDocument>[], records: ReturnType<typeof capabilityOf>[]) {
  const board = new AgentBoard(new AgentScores());
  agents.forEach((changes, number) =>
    board.put(
      agentDocument({
        agent_id: agentId(number),
        external_id: `agent-${number}`,
        registered_at: new Date(Date.parse(TIME) + number).toISOString(),
        ...changes,
      }),
    ),
  );
  const view = new CapabilityView();
  view.seed(records);
  const finder = new CapabilityFinder(view, board);
  const routes = (query: Partial<Parameters<typeof finder.routes>[0]> = {}) =>
    finder.routes({ capability: 'ocr', limit: 100, ...query }).routes.map(({ external_id }) => external_id);
  return { board, view, finder, routes };
}

const ocr = (number: number, groups: string[] = []) => capabilityOf(number, 'ocr', { groups });

describe('finding agents by capability', () => {
  it('should find those alone that can take work', () => {
    const { routes } = findIn(
      [{}, { liveness: 'offline' }, { lifecycle: 'stopped' }, { liveness: 'degraded' }, { lifecycle: 'deleted' }, {}],
      [0, 1, 2, 3, 4].map((number) => ocr(number)),
    );
    expect(routes().sort()).toEqual(['agent-0', 'agent-3']);
    expect(routes({ capability: 'nlp' })).toEqual([]);
  });

  it('should show what a route is chosen by', () => {
    const { board, finder } = findIn([{}], [capabilityOf(0, 'ocr', { metadata: { version: '1.0.0' } })]);
    const route = {
      agent_id: agentId(0),
      external_id: 'agent-0',
      capability: 'ocr',
      metadata: { version: '1.0.0' },
      load: null,
      health: 'healthy',
      last_heartbeat: TIME,
    };
    expect(finder.routes({ capability: 'ocr', limit: 1 })).toEqual({ strategy: 'round_robin', routes: [route] });
    const at = Date.parse(TIME) + 1_000;
    board.beats({ beats: [{ agent_id: agentId(0), at, load_metrics: { load: 0.3 }, health: 'degraded' }] });
    expect(finder.routes({ capability: 'ocr', limit: 1 }).routes).toEqual([
      { ...route, load: 0.3, health: 'degraded', last_heartbeat: '2026-01-01T00:00:01.000Z' },
    ]);
  });

  it('should keep to a group, and to a limit', () => {
    const { routes } = findIn([{}, {}, {}], [ocr(0, ['east']), ocr(1, ['west']), ocr(2, ['east', 'west'])]);
    expect(routes({ group: 'east', strategy: 'first_available' })).toEqual(['agent-0', 'agent-2']);
    expect(routes({ group: 'west', strategy: 'first_available', limit: 1 })).toEqual(['agent-1']);
    expect(routes({ group: 'north' })).toEqual([]);
  });

  it('should go round, each capability and group for itself', () => {
    const { routes } = findIn([{}, {}, {}], [ocr(0, ['g']), ocr(1, ['g']), ocr(2), capabilityOf(0, 'nlp')]);
    const turns = Array.from({ length: 6 }, () => routes({ limit: 1 })[0]);
    expect(turns).toEqual(['agent-0', 'agent-1', 'agent-2', 'agent-0', 'agent-1', 'agent-2']);
    expect(routes({ group: 'g', limit: 1 })).toEqual(['agent-0']);
    expect(routes({ capability: 'nlp', limit: 1 })).toEqual(['agent-0']);
    expect(routes({ group: 'g', limit: 1 })).toEqual(['agent-1']);
  });

  it('should go by the load, and by the weight', () => {
    const { board, routes } = findIn(
      [{}, {}, {}],
      [0, 1, 2].map((number) => ocr(number)),
    );
    [0.9, 0.1, 0.5].forEach((load, number) =>
      board.beats({ beats: [{ agent_id: agentId(number), at: NOW, load_metrics: { load } }] }),
    );
    expect(routes({ strategy: 'least_loaded' })).toEqual(['agent-1', 'agent-2', 'agent-0']);
    board.put(
      agentDocument({
        agent_id: agentId(1),
        external_id: 'agent-1',
        details: { ...agentDocument().details, weight: 0 },
      }),
    );
    expect(routes({ strategy: 'weighted' }).sort()).toEqual(['agent-0', 'agent-2']);
  });

  it('should take an agent once that has several capabilities below a name', () => {
    const { finder } = findIn(
      [{}, {}, { liveness: 'offline' }],
      [capabilityOf(0, 'document.ocr'), capabilityOf(0, 'document.sign'), capabilityOf(1, 'document.sign')].concat(
        capabilityOf(2, 'document.sign'),
      ),
    );
    const { routes } = finder.routes({ capability: 'document.*', strategy: 'first_available', limit: 10 });
    expect(routes.map(({ external_id, capability }) => [external_id, capability])).toEqual([
      ['agent-0', 'document.ocr'],
      ['agent-1', 'document.sign'],
    ]);
  });

  it('should end a page before a reply grows too large', () => {
    const metadata = { note: 'n'.repeat(15_000) };
    const { finder } = findIn(
      Array.from({ length: 20 }, () => ({})),
      Array.from({ length: 20 }, (_, number) => capabilityOf(number, 'ocr', { metadata })),
    );
    const found = finder.routes({ capability: 'ocr', limit: 20 });
    expect(found.routes).toHaveLength(13);
    expect(finder.capabilities({ limit: 20, offset: 0 })).toMatchObject({ total: 20 });
    expect(finder.capabilities({ limit: 20, offset: 0 }).capabilities).toHaveLength(13);
  });
});

describe('the other questions', () => {
  it('should name the agents of a group, healthy or not, with what puts them there', () => {
    const { finder } = findIn(
      [{}, { liveness: 'offline' }, { lifecycle: 'deleted' }],
      [ocr(0, ['g']), capabilityOf(0, 'nlp', { groups: ['g'] }), capabilityOf(0, 'x'), ocr(1, ['g']), ocr(2, ['g'])],
    );
    const { agents, total } = finder.agentsOfGroup({ group: 'g', limit: 10, offset: 0 });
    expect(agents.map(({ external_id, capabilities, health }) => [external_id, capabilities, health])).toEqual([
      ['agent-0', ['nlp', 'ocr'], 'healthy'],
      ['agent-1', ['ocr'], 'unhealthy'],
    ]);
    expect(total).toBe(2);
    expect(finder.agentsOfGroup({ group: 'g', limit: 1, offset: 1 }).agents.map((agent) => agent.external_id)).toEqual([
      'agent-1',
    ]);
  });

  it('should count uptime in seconds while an agent is up', () => {
    const { finder } = findIn(
      [{ online_since: TIME }, { online_since: null, liveness: 'offline' }, { lifecycle: 'deleted' }],
      [],
    );
    expect(finder.health(agentId(0), NOW)).toMatchObject({ health: 'healthy', uptime_seconds: 90 });
    expect(finder.health(agentId(1), NOW)).toMatchObject({ health: 'unhealthy', uptime_seconds: 0 });
    expect(finder.health(agentId(2), NOW)).toBeNull();
    expect(finder.health(agentId(9), NOW)).toBeNull();
  });

  it('should show a record with the own id of its agent', () => {
    const { finder } = findIn([{}], [ocr(0)]);
    const { capability_id } = ocr(0);
    expect(finder.capability(capability_id)).toEqual({ ...ocr(0), external_id: 'agent-0' });
    expect(finder.capability(agentId(0))).toBeNull();
  });
});
