import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '@ao/embedded';
import { eventually } from '@ao/testing';

const root = path.resolve(__dirname, '..');

/** One run of the demo, from source, so that no build can be stale. */
function demo(args: readonly string[], port: number) {
  const child = spawn(process.execPath, ['-r', './scripts/register.cjs', 'demo/main.ts', ...args], {
    cwd: root,
    // INIT_CWD is npm's; the port is also what its processes are recognised by afterwards.
    env: { ...process.env, INIT_CWD: root, PORT: String(port), AO_DEMO_TEST: `run-${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, exited, text: () => output.join('') };
}

/** Processes of the run: services carry the mark in their environment, agents the address. */
function leftOf(port: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      return (
        environment.includes(`AO_DEMO_TEST=run-${port}\0`) || environment.includes(`AO_URL=http://127.0.0.1:${port}\0`)
      );
    } catch {
      return false;
    }
  });
}

function isOf(service: string) {
  return (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`/apps/${service}/src/main.`);
}

describe('npm run demo', () => {
  let folder: string;
  let running: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'ao-demo-spec-'));
  });

  afterEach(() => {
    running?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function writeDocuments(): void {
    const docs = path.join(folder, 'docs');
    mkdirSync(path.join(docs, 'deep', 'deeper'), { recursive: true });
    for (let n = 1; n <= 8; n += 1) {
      const text = `# Document ${n}\n\nThe lease of topic${n} belongs to topic${n}, and the log keeps topic${n}.\n`;
      writeFileSync(path.join(docs, n % 2 ? `doc-${n}.md` : `deep/deeper/doc-${n}.txt`), text);
    }
    writeFileSync(path.join(docs, 'wide.txt'), Buffer.from('\ufeffwidecharacters everywhere', 'utf16le'));
    writeFileSync(path.join(docs, 'western.txt'), Buffer.from('caf\xe9 cr\xe8me br\xfbl\xe9e', 'latin1'));
    writeFileSync(path.join(docs, 'page.html'), '<script>hidden()</script><p>visible paragraph</p>');
    writeFileSync(path.join(docs, '<img src=x onerror=alert(1)>.md'), 'harmless content');
    writeFileSync(path.join(docs, 'huge.log'), 'enormous logbook\n'.repeat(560_000));
    writeFileSync(path.join(docs, 'picture.png'), Buffer.from('\x89PNG\r\n\x1a\n\x00\x00', 'latin1'));
    writeFileSync(path.join(docs, 'empty.md'), '');
  }

  it('should index a folder, survive the loss of an agent, and leave a report and a verified log', async () => {
    writeDocuments();
    const port = await freePort();
    const report = path.join(folder, 'report', 'index.html');
    const run = demo([path.join(folder, 'docs'), '--report', report], port);
    running = run.child;
    const code = await run.exited;
    const text = run.text();
    expect({ code, text: code === 0 ? '' : text }).toEqual({ code: 0, text: '' });

    expect(text).toMatch(/killed analyser-\d \(process \d+, SIGKILL\)/);
    expect(text).toMatch(/with [1-9]\d* task\(s\) in hand; [1-9]\d* taken over/);
    expect(text).toMatch(/document\.count of .*: completed by analyser-\d/);
    const asked = text.slice(text.indexOf('? Publish the index?'), text.indexOf('SHA-256 of these arguments: '));
    expect(asked).toContain('"documents": 13,');
    expect(text).toMatch(/SHA-256 of these arguments: [0-9a-f]{64}\n {2}granted by user:/);
    expect(text).toMatch(/^├─ ◆ extract +map +completed +\+\d+\.\d\d s +\d+\.\d\d s {2}15 items in 15 attempts$/m);
    expect(text).toMatch(/^│ {2}[├└]─ .* analyser-\d ✕ agent lost → analyser-\d$/m);
    expect(text).toMatch(/^├─ ◆ publish +approval +completed .* approved by user:/m);
    expect(text).toMatch(/^◆ critical path: .* of work \+ .* of waiting$/m);
    expect(text).toContain('13 documents');
    expect(text).toContain('skipped picture.png: binary: PNG image');
    expect(text).toContain('skipped empty.md: empty');
    expect(text).toContain('huge.log (cut)');
    expect(text).toContain(`report: ${report}`);
    expect(text).toMatch(/events in the log: \d{3,}/);
    expect(text).toContain('audit: chain verified');

    const html = readFileSync(report, 'utf8');
    for (const words of ['topic5', 'widecharacters', 'crème', 'paragraph', 'lost by analyser-', 'windows-1252']) {
      expect(html).toContain(words);
    }
    expect(html).not.toContain('hidden()');
    expect(html).not.toContain('<img');

    expect(leftOf(port)).toEqual([]);
    expect(readdirSync(path.join(root, '.data')).filter((name) => text.includes(name))).toEqual([]);
  }, 120_000);

  it('should leave nothing running after a Ctrl-C in the middle', async () => {
    writeDocuments();
    const port = await freePort();
    const report = path.join(folder, 'report.html');
    const run = demo([path.join(folder, 'docs'), '--report', report], port);
    running = run.child;
    await eventually(() => expect(run.text()).toContain('document.extract'), { timeoutMs: 60_000 });
    expect(leftOf(port).length).toBeGreaterThan(5);
    for (const service of ['tasks', 'workflows']) expect(leftOf(port).filter(isOf(service))).toHaveLength(2);
    run.child.kill('SIGINT');
    expect(await run.exited).toBe(130);
    await eventually(() => expect(leftOf(port)).toEqual([]));
    expect(existsSync(report)).toBe(false);
  }, 90_000);

  it.each([
    ['a folder that is not there', ['/nowhere/at/all'], /Cannot read the folder '\/nowhere\/at\/all': there is none/],
    ['an option that means nothing', ['--fast'], /Unknown option '--fast'/],
    ['two folders', ['a', 'b'], /Give one folder, not 2/],
  ])('rejects %s in one sentence', async (_what, args, sentence) => {
    const run = demo(args, await freePort());
    expect(await run.exited).toBe(1);
    expect(run.text()).toMatch(sentence);
    expect(run.text()).not.toMatch(/\n\s+at /);
  });
});
