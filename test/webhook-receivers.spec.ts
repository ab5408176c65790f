import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '@ao/embedded';
import { cloudEvent, createOutbound, newSigningSecret, signWebhook, type Outbound } from '@ao/outbound';
import { eventually } from '@ao/testing';

/** The receivers that docs/notifications.md shows, as they stand there, against what is sent. */

const root = path.resolve(__dirname, '..');
const secret = newSigningSecret();
const event = {
  ...{ name: 'task.completed', position: 7, time: '2026-01-01T00:00:00.000Z' },
  subject: { kind: 'task', id: '01890a5d-ac96-774b-bcce-b302099a8057' },
  data: { status: 'completed', text: 'ключ ✓ "quoted"' },
};
const body = cloudEvent(event, { source: '/agent-orchestration' });

/** The code after `<!-- name -->`. */
function codeOf(name: string): string {
  const page = readFileSync(path.join(root, 'docs/notifications.md'), 'utf8');
  const [, code] = new RegExp(`<!-- ${name} -->\\s+\`\`\`\\w+\\n([^]*?)\`\`\``).exec(page) ?? [];
  if (code === undefined) throw new Error(`docs/notifications.md shows no ${name}`);
  return code;
}

const python = spawnSync('python3', ['--version'], { encoding: 'utf8' });
if (python.status !== 0) console.warn('there is no python3 here: its receiver is not tried');

describe.each([
  ['receiver.ts', [process.execPath, '-r', './scripts/register.cjs']],
  ...(python.status === 0 ? [['receiver.py', ['python3']] as [string, string[]]] : []),
])('%s', (name, [program = '', ...args]) => {
  let folder: string;
  let child: ReturnType<typeof spawn>;
  let output = '';
  let url: string;
  let outbound: Outbound;

  beforeAll(async () => {
    mkdirSync(path.join(root, '.cache'), { recursive: true });
    folder = mkdtempSync(path.join(root, '.cache', 'receiver-'));
    const file = path.join(folder, name);
    writeFileSync(file, codeOf(name));
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) };
    child = spawn(program, [...args, file], { cwd: root, env });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk));
    await eventually(() => expect(output).toContain('listening'), { timeoutMs: 20_000 });
    outbound = createOutbound({ allowPrivate: true });
  });
  afterAll(async () => {
    await outbound?.close();
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  const now = () => Date.now() / 1_000;
  const post = async (id: string, headers: Record<string, string>, text = body) =>
    (
      await outbound.post(url, {
        headers: { ...signWebhook({ id, timestamp: now(), body }, [secret]), ...headers },
        body: text,
      })
    ).status;
  const told = () => output.split('\n').filter((line) => line.startsWith('task.completed')).length;

  it('should take what is signed, and a repetition of it once', async () => {
    expect(await post('a', {})).toBe(204);
    expect(await post('a', {})).toBe(204);
    expect(await post('b', {})).toBe(204);
    await eventually(() => expect(told()).toBe(2));
    expect(output).toContain(`task.completed task/${event.subject.id}`);
  });

  it('should take what a rotation signs twice', async () => {
    const both = signWebhook({ id: 'c', timestamp: now(), body }, [newSigningSecret(), secret]);
    const before = told();
    expect(await post('c', both)).toBe(204);
    await eventually(() => expect(told()).toBe(before + 1));
  });

  it('rejects everything else', async () => {
    const before = told();
    const old = signWebhook({ id: 'd', timestamp: now() - 360, body }, [secret]);
    const early = signWebhook({ id: 'd', timestamp: now() + 360, body }, [secret]);
    const strange = signWebhook({ id: 'd', timestamp: now(), body }, [newSigningSecret()]);
    const statuses = [
      ...[
        await post('d', { 'webhook-id': 'e' }),
        await post('d', { 'webhook-timestamp': String(Math.floor(now()) - 1) }),
      ],
      ...[await post('d', {}, body.replace('completed', 'failed')), await post('d', { 'webhook-signature': 'v1,' })],
      ...[await post('d', { 'webhook-timestamp': 'x' }), await post('d', { 'webhook-signature': 'v1,AAAA v2,x' })],
      ...[await post('d', old), await post('d', early), await post('d', strange)],
    ];
    expect(statuses).toEqual(statuses.map(() => 400));
    expect(told()).toBe(before);
    expect(await post('d', {})).toBe(204);
  });
});
