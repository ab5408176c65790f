import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hasAdmin, loadCredentials, provideAdmin } from './credentials';
import { prefixedOutput } from './output';
import { provideCaKeys, provideSealingKeys } from './sealing-keys';
import { readSettings } from './settings';

describe('the settings', () => {
  it('should take the defaults for what is absent or empty', () => {
    expect(readSettings({ PORT: '', DATA_DIR: '/somewhere' })).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      COMPAT_PORTS: '9001,8000',
      AGENT_TLS_PORT: 3443,
      DATA_DIR: '/somewhere',
      TASKS_REPLICAS: 1,
      WORKFLOWS_REPLICAS: 1,
    });
    expect(readSettings({ TASKS_REPLICAS: '2' }).TASKS_REPLICAS).toBe(2);
    expect(readSettings({ COMPAT_PORTS: '0' }).COMPAT_PORTS).toBe('');
  });

  it.each([
    [{ PORT: '0' }, /PORT=0 .*port of the API/],
    [{ PORT: '3000.5' }, /PORT=3000\.5/],
    [{ COMPAT_PORTS: 'a,b' }, /COMPAT_PORTS=a,b .*separated by commas/],
    [{ AGENT_TLS_PORT: '-1' }, /AGENT_TLS_PORT=-1 .*mutual TLS/],
    [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL will not do .*postgres:\/\/ URL/],
    [{ NATS_URL: 'http://x' }, /NATS_URL will not do .*nats:\/\/ URL/],
    [{ TASKS_REPLICAS: '0' }, /TASKS_REPLICAS=0 .*processes of tasks/],
    [{ WORKFLOWS_REPLICAS: '9' }, /WORKFLOWS_REPLICAS=9 .*processes of workflows/],
    [{ LOG_FORMAT: 'xml' }, /LOG_FORMAT=xml/],
    [{ BOOTSTRAP_ADMIN_EMAIL: 'admin' }, /BOOTSTRAP_ADMIN_EMAIL=admin .*address of the administrator/],
    [{ BOOTSTRAP_ADMIN_PASSWORD: 'short' }, /BOOTSTRAP_ADMIN_PASSWORD will not do/],
  ])('rejects %p in one sentence that names it', (env, sentence) => {
    expect(() => readSettings(env)).toThrow(sentence);
  });
});

describe('the credentials', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ao-credentials-'));
  const file = path.join(folder, 'credentials.json');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('should be made once, readable by their owner alone, and stay the same', () => {
    const first = loadCredentials(folder);
    expect(first.madeNow).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadCredentials(folder)).toEqual({ credentials: first.credentials, madeNow: false });
  });

  it('should gain what a newer release needs besides', () => {
    const { role_passwords, ...kept } = JSON.parse(readFileSync(file, 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    delete role_passwords!['ao_auditor'];
    writeFileSync(file, JSON.stringify({ ...kept, role_passwords }));
    const { credentials } = loadCredentials(folder);
    expect(credentials.role_passwords).toMatchObject({ ...role_passwords, ao_auditor: expect.any(String) });
  });

  it('should gain an administrator once, as the environment names it', () => {
    expect(hasAdmin(folder)).toBe(false);
    const first = provideAdmin(folder, { BOOTSTRAP_ADMIN_EMAIL: 'ada@example.org' });
    expect(first).toEqual({ email: 'ada@example.org', password: expect.any(String), madeNow: true });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(hasAdmin(folder)).toBe(true);
    expect(provideAdmin(folder, { BOOTSTRAP_ADMIN_EMAIL: 'eve@example.org' })).toEqual({ ...first, madeNow: false });
    // What a tool beside the stack loads leaves it as it is.
    expect(loadCredentials(folder).credentials).toMatchObject({ bootstrap_admin_password: first.password });
  });

  it('rejects a damaged file instead of making new ones', () => {
    writeFileSync(file, '{"bootstrap_api_key":');
    expect(() => loadCredentials(folder)).toThrow(/credentials\.json cannot be read .*: restore it, or remove/);
  });
});

describe('the sealing keys', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ao-sealing-keys-'));
  const file = path.join(folder, 'sealing-keys');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('should be made once, readable by their owner alone, and stay the same', () => {
    expect(provideSealingKeys({ dataDir: folder, usedBefore: false, env: {} })).toEqual({ SEALING_KEYS_FILE: file });
    const made = readFileSync(file, 'utf8');
    expect(made).toMatch(/^k1:[A-Za-z0-9+/]{43}=\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(provideSealingKeys({ dataDir: folder, usedBefore: true, env: {} })).toEqual({ SEALING_KEYS_FILE: file });
    expect(readFileSync(file, 'utf8')).toBe(made);
  });

  it('should be those of the environment where it names some', () => {
    const dataDir = path.join(folder, 'other');
    const given = (env: NodeJS.ProcessEnv) => provideSealingKeys({ dataDir, usedBefore: true, env });
    expect(given({ SEALING_KEYS: 'k1:x' })).toEqual({ SEALING_KEYS: 'k1:x' });
    expect(given({ SEALING_KEYS_FILE: '/run/keys' })).toEqual({ SEALING_KEYS_FILE: '/run/keys' });
  });

  it('rejects a file that is gone instead of making another', () => {
    rmSync(file);
    expect(() => provideSealingKeys({ dataDir: folder, usedBefore: true, env: {} })).toThrow(
      /sealing-keys is missing, .*: restore the file/,
    );
  });
});

describe("the keys of the agents' certificate authority", () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ao-ca-keys-'));
  const file = path.join(folder, 'ca-keys');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('should be made once, readable by their owner alone, unless the environment names some', () => {
    expect(provideCaKeys({ dataDir: folder, env: {} })).toEqual({ CA_KEYS_FILE: file });
    const made = readFileSync(file, 'utf8');
    expect(made).toMatch(/^k1:[A-Za-z0-9+/]{43}=\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(provideCaKeys({ dataDir: folder, env: {} })).toEqual({ CA_KEYS_FILE: file });
    expect(readFileSync(file, 'utf8')).toBe(made);
    expect(provideCaKeys({ dataDir: folder, env: { CA_KEYS: 'k1:x' } })).toEqual({ CA_KEYS: 'k1:x' });
    expect(provideCaKeys({ dataDir: folder, env: { CA_KEYS_FILE: '/run/k' } })).toEqual({ CA_KEYS_FILE: '/run/k' });
  });
});

describe('the output', () => {
  it("should put the name in front and render a service's JSON for people", () => {
    const lines: string[] = [];
    const say = prefixedOutput({ format: 'text', colour: false, write: (text) => lines.push(text) });
    say(
      'tasks',
      '{"level":"info","time":"2026-01-01T00:00:00.123Z","service":"tasks","pid":7,"msg":"ready","epoch":2}',
    );
    say('nats', 'plain text');
    expect(lines).toEqual(['tasks        | 00:00:00.123 info ready epoch=2\n', 'nats         | plain text\n']);
  });
});
