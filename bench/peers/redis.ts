import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { endDaemon, freePort, startDaemon } from '@ao/embedded';
import { pause } from '../figures';

/** When Redis flushes its log to disk: after every command, as Postgres does, or once a second. */
export type Fsync = 'always' | 'everysec';

const READY_MS = 10_000;

/** From PATH or /usr/bin; nobody is asked to install one. */
export function findRedis(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin'];
  return folders.map((folder) => path.join(folder, 'redis-server')).find((file) => existsSync(file));
}

export async function startRedis(program: string, folder: string, fsync: Fsync) {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    appendonly: 'yes',
    appendfsync: fsync,
    save: '',
  };
  const daemon = startDaemon({
    command: program,
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    cwd: folder,
    endWithParent: true,
  });
  const deadline = performance.now() + READY_MS;
  while (!(await answers(port))) {
    if (!daemon.running() || performance.now() > deadline)
      throw new Error(`redis-server did not start:\n${daemon.lastLines().join('\n')}`);
    await pause(20);
  }
  return { url: `redis://127.0.0.1:${port}`, stop: () => endDaemon(daemon, 'SIGTERM', 5_000) };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
    socket.once('error', () => end(false));
  });
}
