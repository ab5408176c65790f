import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { lockDataFolder } from './data-folder-lock';
import { PidFiles } from './pid-files';
import { identify, isAlive } from './process-identity';

const folder = mkdtempSync(path.join(tmpdir(), 'ao-pids-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function sleeper() {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  return { pid: child.pid!, gone: new Promise<void>((resolve) => child.once('exit', () => resolve())), child };
}

describe('pid files', () => {
  it('should end the very process that was recorded', async () => {
    const { pid, gone } = sleeper();
    const files = new PidFiles(folder);
    files.record('tasks', pid);
    const told: string[] = [];
    await Promise.all([files.endOrphans((line) => told.push(line)), gone]);
    expect(told).toEqual([expect.stringContaining(`ending tasks (process ${pid})`)]);
  });

  it('should never signal another process that has the pid by now', async () => {
    const { pid, child, gone } = sleeper();
    const files = new PidFiles(folder);
    files.record('tasks', pid);
    const file = path.join(folder, 'run', 'tasks.json');
    const recorded = JSON.parse(readFileSync(file, 'utf8')) as { started: string };
    writeFileSync(file, JSON.stringify({ ...recorded, started: `1${recorded.started}` }));
    await files.endOrphans(() => undefined);
    expect(isAlive(identify(pid)!)).toBe(true);
    child.kill('SIGKILL');
    await gone;
  });

  it('should survive a file that was cut off by a crash', async () => {
    writeFileSync(path.join(folder, 'run', 'nats.json'), '{"name":"na');
    await expect(new PidFiles(folder).endOrphans(() => undefined)).resolves.toBeUndefined();
  });
});

describe('the lock of a data folder', () => {
  it('rejects a second holder, names the first, and can be had again after the release', () => {
    const release = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(new RegExp(`process ${process.pid}\\) already runs on .* DATA_DIR`));
    release();
    lockDataFolder(folder)();
  });

  it('should take over from a process that is gone, even when its pid is in use again', () => {
    const self = identify(process.pid)!;
    writeFileSync(path.join(folder, 'launcher.lock'), JSON.stringify({ ...self, started: `1${self.started}` }));
    lockDataFolder(folder)();
  });
});
