import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { endDaemon, freePort, startDaemon } from '@ao/embedded';
import { pause } from '../../figures';
import { packageOfPeers, peersFolder } from '../peer';
import type { OpenWorkflowPeer } from './workflow-peer';

interface Context {
  run(name: string, action: () => Promise<unknown>): Promise<unknown>;
}

interface Restate {
  service(definition: {
    name: string;
    handlers: Record<string, (context: Context, input: { run: number; steps: number }) => Promise<unknown>>;
  }): unknown;
  serve(options: { services: unknown[]; port: number; logger: () => void }): Promise<number>;
}

const READY_MS = 30_000;
const SERVICE = 'bench';

/** A handler with journalled steps behind the server of its npm package; invoked over its HTTP ingress. */
export const openRestate: OpenWorkflowPeer = async (_url, folder, atStep) => {
  polyfillForNode20();
  const restate = packageOfPeers<Restate>('@restatedev/restate-sdk');
  const [ingress, admin, fabric, endpoint] = [await freePort(), await freePort(), await freePort(), await freePort()];
  mkdirSync(folder, { recursive: true });
  const daemon = startDaemon({
    command: serverProgram(),
    args: ['--base-dir', folder, '--no-logo', '--listen-mode', 'tcp', '--bind-ip', '127.0.0.1'],
    cwd: folder,
    env: {
      RESTATE_BIND_PORT: String(fabric),
      RESTATE_INGRESS__BIND_PORT: String(ingress),
      RESTATE_ADMIN__BIND_PORT: String(admin),
      RESTATE_LOG_FILTER: 'error',
      RESTATE_DISABLE_TELEMETRY: 'true',
    },
    endWithParent: true,
  });
  const run = restate.service({
    name: SERVICE,
    handlers: {
      async run(context, { run: id, steps }) {
        for (let step = 0; step < steps; step += 1)
          await context.run(`step-${step}`, () => Promise.resolve(atStep(id, step)));
        return { steps };
      },
    },
  });
  await restate.serve({ services: [run], port: endpoint, logger: () => undefined });
  const adminUrl = `http://127.0.0.1:${admin}`;
  const deadline = performance.now() + READY_MS;
  while (!(await fetch(`${adminUrl}/health`).catch(() => undefined))?.ok) {
    if (!daemon.running() || performance.now() > deadline)
      throw new Error(`restate-server did not start:\n${daemon.lastLines().join('\n')}`);
    await pause(50);
  }
  await post(`${adminUrl}/deployments`, { uri: `http://127.0.0.1:${endpoint}` });
  return {
    run: (id, steps) => post(`http://127.0.0.1:${ingress}/${SERVICE}/run`, { run: id, steps }),
    close: () => endDaemon(daemon, 'SIGTERM', 10_000),
  };
};

async function post(url: string, body: object): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`restate answered ${response.status}: ${text}`);
  return JSON.parse(text) as unknown;
}

/** The binary itself: the package's own program wraps it in another Node. */
function serverProgram(): string {
  const require = createRequire(path.join(peersFolder, 'package.json'));
  const name = `@restatedev/restate-server-${process.platform}-${process.arch}`;
  const program = path.join(path.dirname(require.resolve(`${name}/package.json`)), 'bin', 'restate-server');
  if (!existsSync(program)) throw new Error(`${name} has no bin/restate-server`);
  return program;
}

/** Its SDK is written for Node 22. */
function polyfillForNode20(): void {
  const promise = Promise as unknown as { withResolvers?: () => unknown };
  promise.withResolvers ??= () => {
    let settle: object = {};
    const made = new Promise((resolve, reject) => (settle = { resolve, reject }));
    return { promise: made, ...settle };
  };
}
