import { loadConfig } from '@ao/platform';
import { discoveryConfig } from './search.config';

const load = (env: Record<string, string>) =>
  loadConfig('discovery', discoveryConfig, { DATABASE_URL: 'postgres://ao_discovery:p@localhost:5432/ao', ...env });

describe("discovery's settings", () => {
  it('should take word vectors unless told otherwise', () => {
    expect(load({})).toMatchObject({ EMBEDDER: 'words', EMBEDDER_COSINES: { unrelated: 0.15, same: 0.65 } });
    expect(load({ EMBEDDER: 'http', EMBEDDER_COSINES: '0.7,0.95' })).toMatchObject({
      EMBEDDER: 'http',
      EMBEDDER_COSINES: { unrelated: 0.7, same: 0.95 },
    });
  });

  it.each([
    ['EMBEDDER', 'magic'],
    ['EMBEDDER_URL', 'ftp://x'],
    ['EMBEDDER_COSINES', '0.5'],
    ['EMBEDDER_COSINES', '0.9,0.1'],
    ['EMBEDDER_COSINES', '0,x'],
    ['EMBEDDER_COSINES', '0,1,1'],
    ['EMBEDDER_TIMEOUT_MS', '0'],
    ['EMBEDDER_BATCH', '1000'],
  ])('rejects %s=%s', (name, value) =>
    expect(() => load({ [name]: value })).toThrow(new RegExp(`${name} has a value`)),
  );
});
