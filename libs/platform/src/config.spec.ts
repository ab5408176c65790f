import { z } from 'zod';
import { configTable, describeConfig, flag, loadConfig, milliseconds, port } from './config';
import { StartupError } from './startup-error';

const DATABASE_URL = 'postgres://ao_tasks:p@localhost:5432/ao';
const extension = z.object({
  PORT: port().default(3000).describe('port of the API'),
  OPEN: flag().default(false).describe('let everybody in | or not'),
  PAUSE: milliseconds().optional(),
  KEY: z.string().min(16).describe('the key'),
});
const KEY = 'k'.repeat(16);

describe('config', () => {
  it('should give defaults, by service, and the types of the schema', () => {
    const config = loadConfig('tasks', extension, { DATABASE_URL, KEY, OPEN: 'true', PORT: '8080', OTHER: 'x' });
    expect(config).toMatchObject({
      HEALTH_PORT: 3103,
      NATS_USER: 'tasks',
      NODE_ENV: 'development',
      PORT: 8080,
      OPEN: true,
    });
    expect(config).not.toHaveProperty('OTHER');
    expect(loadConfig('registry', undefined, { DATABASE_URL }).HEALTH_PORT).toBe(3101);
  });

  it('should take an empty variable for an absent one', () => {
    const empty = { DATABASE_URL, KEY, PORT: '', NATS_URL: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' };
    expect(loadConfig('tasks', extension, empty)).toMatchObject({ PORT: 3000, NATS_URL: 'nats://127.0.0.1:4222' });
  });

  it.each([
    ['HEALTH_PORT', '65536'],
    ['HEALTH_PORT', '-1'],
    ['HEALTH_PORT', '3.5'],
    ['HEALTH_PORT', 'x'],
    ['DATABASE_URL', 'localhost'],
    ['DATABASE_POOL_MAX', '1'],
    ['NATS_URL', 'http://x'],
    ['LOG_LEVEL', 'loud'],
    ['NODE_ENV', 'prod'],
    ['DRAIN_DELAY_MS', '99999'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'here'],
    ['OPEN', 'perhaps'],
    ['KEY', 'short'],
  ])('rejects %s=%s in one sentence that names it', (name, value) => {
    const load = () => loadConfig('tasks', extension, { DATABASE_URL, KEY, [name]: value });
    expect(load).toThrow(StartupError);
    expect(load).toThrow(new RegExp(`^tasks cannot start, set its environment right: ${name} has a value .*\\.$`));
  });

  it('rejects everything that is wrong at once, and never shows a value', () => {
    const load = () => loadConfig('tasks', extension, { DATABASE_URL: 'mysql://u:secret@h/d', HEALTH_PORT: 'x' });
    expect(load).toThrow(/DATABASE_URL has .*; .*HEALTH_PORT has .*; KEY is missing: the key\.$/);
    expect(load).not.toThrow(/secret/);
  });

  it('should describe every variable, for the docs', () => {
    const variables = describeConfig('tasks', extension);
    for (const { name, description } of variables)
      if (name !== 'PAUSE') expect([name, description]).not.toEqual([name, '']);
    expect(variables).toContainEqual({
      name: 'DATABASE_URL',
      description: expect.stringContaining('Postgres'),
      default: undefined,
      required: true,
    });
    expect(variables).toContainEqual({
      name: 'PORT',
      description: 'port of the API',
      default: '3000',
      required: false,
    });
    const table = configTable(variables);
    expect(table).toContain('| `PORT` | `3000` | port of the API |');
    expect(table).toContain('| `OPEN` | `false` | let everybody in \\| or not |');
    expect(table).toContain('| `KEY` | required | the key |');
    expect(table).toContain('| `PAUSE` |  |  |');
  });
});
