import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describeConfig } from '@ao/platform';
import { discoveryConfig } from '../apps/discovery/src/search/search.config';
import { gatewayConfig } from '../apps/gateway/src/gateway.config';
import { identityConfig } from '../apps/identity/src/identity.config';
import { notificationsConfig } from '../apps/notifications/src/notifications.config';
import { registryConfig } from '../apps/registry/src/registry.config';
import { tasksConfig } from '../apps/tasks/src/tasks.config';
import { LauncherEnvironment } from '../apps/launcher/src/settings';
import { workflowsConfig } from '../apps/workflows/src/workflows.config';

const root = path.resolve(__dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
/** Cells of a Markdown table may be padded; their words count. */
const squeezed = (text: string) => text.replace(/ +/g, ' ');

function sourcesOf(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => path.join(folder, file));
}

describe('docs/operations.md', () => {
  const operations = squeezed(read('docs/operations.md'));

  it('should list every variable of the services with its meaning', () => {
    for (const { name, description } of [
      ...describeConfig('gateway', gatewayConfig),
      ...describeConfig('identity', identityConfig),
      ...describeConfig('registry', registryConfig),
      ...describeConfig('discovery', discoveryConfig),
      ...describeConfig('tasks', tasksConfig),
      ...describeConfig('notifications', notificationsConfig),
      ...describeConfig('workflows', workflowsConfig),
    ]) {
      expect(operations).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
      expect(operations).toContain(description);
    }
  });

  it('should list every variable of the launcher with its meaning', () => {
    for (const [name, schema] of Object.entries(LauncherEnvironment.shape)) {
      expect(operations).toContain(`\`${name}\``);
      expect(operations).toContain(schema.description ?? name);
    }
  });

  it('should name every metric', () => {
    const names = [...sourcesOf('libs'), ...sourcesOf('apps')].flatMap((file) =>
      [...read(file).matchAll(/name: '(ao_[a-z_]+)'/g)].map(([, name]) => name ?? ''),
    );
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(operations).toContain(`\`${name}`);
  });
});

describe('the documents', () => {
  const documents = [
    'README.md',
    'sdk/typescript/README.md',
    'sdk/python/README.md',
    'examples/first-agent/README.md',
    'examples/llm-agent/README.md',
    'examples/template-agents/README.md',
  ].concat(
    readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => path.join('docs', file)),
  );

  it.each(documents)('%s should link only to what is there', (document) => {
    for (const [, link] of read(document).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!link || /^https?:/.test(link)) continue;
      const target = path.join(root, path.dirname(document), link);
      expect({ link, found: exists(target) }).toEqual({ link, found: true });
    }
  });

  it('should show the agent of the example in the README', () => {
    const words = (text: string) => text.replace(/\s+/g, ' ');
    const example = read('examples/first-agent/agent.ts');
    const handlers = /handlers: .*/.exec(example)?.[0] ?? '';
    expect(handlers).not.toBe('');
    expect(words(read('README.md'))).toContain(words(handlers));
  });

  it('should name only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const document of documents.filter((file) => !file.startsWith('sdk/'))) {
      for (const [, name] of read(document).matchAll(/npm run ([a-z:]+)/g)) {
        expect({ document, name, exists: name !== undefined && name in scripts }).toMatchObject({ exists: true });
      }
    }
  });
});

function exists(target: string): boolean {
  try {
    readdirSync(target);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR';
  }
}
