import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Exit } from '@ao/embedded';
import { eventually } from '@ao/testing';
import { PidFiles } from './pid-files';
import { supervise, type Running } from './supervisor';

const folder = mkdtempSync(path.join(tmpdir(), 'ao-supervisor-'));
const pidFiles = new PidFiles(folder);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that ends when told to. */
function fake(pid: number): Running & { end: (exit: Exit) => void } {
  let end: (exit: Exit) => void = () => undefined;
  const exited = new Promise<Exit>((resolve) => (end = resolve));
  const stop = async () => end({ code: 0, signal: null });
  return { pid, exited, end, stop, kill: stop };
}

describe('supervise', () => {
  it('should start an ended process again, also when a start fails in between', async () => {
    const started: ReturnType<typeof fake>[] = [];
    const said: string[] = [];
    let attempts = 0;
    const supervised = await supervise({
      name: 'x',
      pidFiles,
      say: (line) => said.push(line),
      start: async () => {
        attempts += 1;
        if (attempts === 2) throw new Error('no room.');
        const running = fake(1_000_000 + attempts);
        started.push(running);
        return running;
      },
    });
    started[0]!.end({ code: null, signal: 'SIGKILL' });
    await eventually(() => expect(supervised.pid()).toBe(1_000_003));
    expect(said).toEqual([
      'x ended (signal SIGKILL), starting it again in 0.1 s',
      'x did not start: no room. Next try in 0.2 s.',
    ]);
    await supervised.stop();
    expect(supervised.pid()).toBeUndefined();
    expect(attempts).toBe(3);
  });

  it('should stop while it waits for the next start', async () => {
    const first = fake(2_000_001);
    let starts = 0;
    const supervised = await supervise({
      name: 'y',
      pidFiles,
      say: () => undefined,
      start: async () => {
        starts += 1;
        return first;
      },
    });
    first.end({ code: 1, signal: null });
    await eventually(() => expect(supervised.pid()).toBeUndefined());
    await supervised.stop();
    expect(starts).toBe(1);
  });

  it('should restart at once, without calling it an accident', async () => {
    const said: string[] = [];
    let starts = 0;
    const supervised = await supervise({
      name: 'z',
      pidFiles,
      say: (line) => said.push(line),
      start: async () => fake(3_000_000 + (starts += 1)),
    });
    await supervised.restart();
    await eventually(() => expect(supervised.pid()).toBe(3_000_002));
    expect(said).toEqual([]);
    await supervised.stop();
  });

  it("rejects when the first start fails: that is the caller's", async () => {
    const start = () => Promise.reject(new Error('no room'));
    await expect(supervise({ name: 'w', pidFiles, say: () => undefined, start })).rejects.toThrow('no room');
  });
});
