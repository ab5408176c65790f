import { capabilityIdOf, prefixedCapabilityId } from './capability-id';
import { presentFound } from './search.presenter';
import { Found, SearchBody } from './search.schemas';

const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const found = (external_id: string | null) => ({
  capability: { id: ID, name: 'document.ocr', agent_id: ID, external_id, metadata: { max_file_size_mb: 50 } },
  similarity_score: 0.85,
});

describe('the search of seed 004', () => {
  it('should answer in its words', () => {
    const shown = presentFound({ results: [found('document-processor')], degraded: false, as_of: 7 });
    expect(shown).toEqual({
      data: {
        results: [
          {
            capability: {
              id: 'cap_01890a5dac96774bbcceb302099a8057',
              name: 'document.ocr',
              agent_id: 'document-processor',
              metadata: { max_file_size_mb: 50 },
            },
            similarity_score: 0.85,
          },
        ],
      },
    });
    expect(Found.safeParse(shown).success).toBe(true);
  });

  it('should say when words alone decided, and show the id of an agent that has no other', () => {
    const { data } = presentFound({ results: [found(null)], degraded: true, as_of: 7 });
    expect(data).toMatchObject({ degraded: true, results: [{ capability: { agent_id: ID } }] });
  });

  it("should take the seed's request, and its defaults", () => {
    const example = { query: 'I need to extract text from PDF documents', top_k: 5, min_score: 0.6 };
    expect(SearchBody.parse(example)).toEqual(example);
    expect(SearchBody.parse({ query: 'x' })).toEqual({ query: 'x', top_k: 5, min_score: 0 });
  });

  it.each<[string, unknown]>([
    ['/query', { top_k: 5 }],
    ['/query', { query: '' }],
    ['/query', { query: ' \n ' }],
    ['/query', { query: 'x'.repeat(2_001) }],
    ['/query', { query: 'a\u0000' }],
    ['/query', { query: '\uD800' }],
    ['/top_k', { query: 'x', top_k: 0 }],
    ['/top_k', { query: 'x', top_k: 101 }],
    ['/top_k', { query: 'x', top_k: 1.5 }],
    ['/top_k', { query: 'x', top_k: '5' }],
    ['/min_score', { query: 'x', min_score: -0.1 }],
    ['/min_score', { query: 'x', min_score: 1.1 }],
    ['/group', { query: 'x', group: '' }],
    ['/health', { query: 'x', health: 'fine' }],
  ])('rejects a wrong %s: %j', (pointer, body) => {
    const parsed = SearchBody.safeParse(body);
    expect(parsed.error?.issues.map(({ path }) => `/${path.join('/')}`)).toEqual([pointer]);
  });
});

describe('ids of capabilities', () => {
  it('should be read as they are shown, and as they are', () => {
    expect(capabilityIdOf(prefixedCapabilityId(ID))).toBe(ID);
    expect(capabilityIdOf(ID.toUpperCase())).toBe(ID);
    for (const other of ['', 'cap_xxx', 'cap_', `agent_${ID}`, `${ID}0`, `cap_${ID}\n`])
      expect(capabilityIdOf(other)).toBeUndefined();
  });
});
