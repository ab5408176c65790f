import type { RecordedCapability } from '@ao/contracts';
import { agentDocument } from '@ao/contracts/testing';
import { agentCard, controlPlaneCard, TASKS_BINDING } from './agent-card.presenter';
import { cardFaults } from './agent-card.testing';
import { skillsOf } from './skills.presenter';

const ORIGIN = 'https://ao.example.org';
const recorded = (name: string, metadata: Record<string, unknown> = {}, groups: string[] = []): RecordedCapability => ({
  ...{ capability_id: name, agent_id: 'a', name, metadata, groups },
});

describe('agent cards', () => {
  it('should be cards of A2A 1.0', () => {
    expect(cardFaults(controlPlaneCard(ORIGIN, 'Ours'))).toEqual([]);
    const plain = agentDocument();
    const described = agentDocument({
      capabilities: ['ocr', '.', '..'],
      version: '2.1',
      details: { description: 'Reads' },
    });
    for (const agent of [plain, described]) {
      expect(cardFaults(agentCard(ORIGIN, agent, []))).toEqual([]);
      const records = [recorded('translate', { representative_queries: ['a?'], input_modes: ['text/plain'] })];
      expect(cardFaults(agentCard('http://[::1]:3000', agent, records))).toEqual([]);
    }
  });

  it('should be told from what is none', () => {
    const card = controlPlaneCard(ORIGIN, 'Ours');
    const { skills: _skills, ...without } = card;
    expect(cardFaults(without)).toEqual([expect.stringContaining('/skills')]);
    // The shape of A2A 0.3.
    expect(cardFaults({ ...card, url: ORIGIN, protocolVersion: '0.3.0' })).not.toEqual([]);
    expect(cardFaults({ ...card, supportedInterfaces: [] })).toEqual([expect.stringContaining('/supportedInterfaces')]);
    expect(cardFaults({ ...card, securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } })).not.toEqual([]);
  });

  it('should claim no more than there is: tasks of this API, and none of the bindings of A2A', () => {
    const { supportedInterfaces, capabilities, securitySchemes } = agentCard(ORIGIN, agentDocument(), []);
    expect(supportedInterfaces).toEqual([
      {
        ...{ url: `${ORIGIN}/api/v1/tasks`, protocolBinding: TASKS_BINDING, protocolVersion: '1.0' },
        tenant: agentDocument().agent_id,
      },
    ]);
    expect(capabilities).toEqual({ streaming: false, pushNotifications: false, extendedAgentCard: false });
    expect(securitySchemes).toMatchObject({
      oauth2: { oauth2SecurityScheme: { flows: { clientCredentials: { tokenUrl: `${ORIGIN}/oauth/token` } } } },
    });
  });

  it('should show an agent in its own words, and never its prompt, endpoints or metadata', () => {
    const agent = agentDocument({
      ...{ name: 'Reviewer', version: '2.1', endpoints: { http: 'http://10.0.0.7' }, metadata: { cost: 7 } },
      details: { description: 'Reviews', system_prompt: 'You are secret' },
    });
    const card = agentCard(ORIGIN, agent, []);
    expect(card).toMatchObject({ name: 'Reviewer', version: '2.1', description: 'Reviews' });
    expect(JSON.stringify(card)).not.toMatch(/secret|10\.0\.0\.7|cost/);
    const silent = agentCard(ORIGIN, agentDocument({ agent_type: 'worker', revision: 3 }), []);
    expect(silent).toMatchObject({ description: 'Agent of type worker', version: 'revision 3' });
  });
});

describe('the skills of an agent', () => {
  it('should be the words of its profile and what was registered for it, each once', () => {
    const skills = skillsOf(['translate', 'document.ocr'], [recorded('document.ocr'), recorded('audio')]);
    expect(skills.map(({ id }) => id)).toEqual(['audio', 'document.ocr', 'translate']);
    expect(skills[1]).toEqual({
      ...{ id: 'document.ocr', name: 'document.ocr', description: 'Capability document.ocr' },
      tags: ['document', 'ocr'],
    });
  });

  it('should say of a record what its metadata says', () => {
    const metadata = {
      ...{ description: 'Extracts text', tags: ['pdf', 'ocr'], version: '1.0.0', supported_formats: ['pdf'] },
      representative_queries: ['Read this scan', 'What does this PDF say?'],
      ...{ input_modes: ['application/pdf', 'not a type'], output_modes: 'text/plain' },
    };
    expect(skillsOf([], [recorded('document.ocr', metadata, ['production'])])).toEqual([
      {
        ...{ id: 'document.ocr', name: 'document.ocr', description: 'Extracts text' },
        tags: ['document', 'ocr', 'pdf', 'production'],
        examples: ['Read this scan', 'What does this PDF say?'],
        ...{ inputModes: ['application/pdf'], outputModes: ['text/plain'] },
      },
    ]);
  });

  it('should pass over metadata that says something else', () => {
    const metadata = {
      ...{ description: { de: 'Liest' }, tags: [7, '', null, 'ok'], representative_queries: { a: 1 }, input_modes: 7 },
    };
    expect(skillsOf([], [recorded('ocr', metadata)])).toEqual([
      { id: 'ocr', name: 'ocr', description: 'Capability ocr', tags: ['ocr', 'ok'] },
    ]);
  });
});
