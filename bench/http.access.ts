import { setTimeout as pause } from 'node:timers/promises';
import { endDaemon, freePort, startDaemon } from '@ao/embedded';
import path from 'node:path';
import { readCredentials } from '../apps/launcher/src/credentials';
import type { Stack } from '../apps/launcher/src/stack';

const READY_MS = 60_000;

/** An API key as anybody gets one, with a limit that the bench does not reach. */
export async function makeApiKey(stack: Stack): Promise<string> {
  const made = await fetch(`${stack.url}/api/v1/security/api-keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'bench',
      scopes: ['tasks:read'],
      rate_limit: { requests_per_hour: 100_000_000, requests_per_minute: 10_000_000 },
    }),
  });
  const { key, detail } = (await made.json()) as { key?: string; detail?: string };
  if (!made.ok || key === undefined) throw new Error(`no API key was made: ${made.status} ${detail ?? ''}`);
  return key;
}

/** A further gateway on the same stack, as it is or with authentication off; both fresh, so that nothing else differs. */
export async function startGateway(
  stack: Stack,
  authentication: 'on' | 'off',
  limits: 'on' | 'off' = 'on',
): Promise<{ url: string; stop: () => Promise<unknown> }> {
  const program = authentication === 'off' ? 'http.open.main' : '../apps/gateway/src/main';
  const [port, healthPort] = [await freePort(), await freePort()];
  const daemon = startDaemon({
    command: process.execPath,
    args: [...process.execArgv, path.join(__dirname, `${program}${path.extname(__filename)}`)],
    cwd: process.cwd(),
    env: {
      ...process.env,
      AGENT_TLS_PORT: '0',
      ...stack.operatorEnvironment('ao_gateway'),
      NATS_USER: 'gateway',
      NATS_PASSWORD: readCredentials(stack.dataDir)?.nats_passwords?.['gateway'] ?? '',
      BOOTSTRAP_API_KEY: stack.apiKey,
      NODE_ENV: 'production',
      BENCH_LIMITS: limits,
      BOOTSTRAP_RATE_PER_MINUTE: '10000000',
      LOG_LEVEL: 'warn',
      GATEWAY_ROLE: 'http',
      HEALTH_HOST: '127.0.0.1',
      HEALTH_PORT: String(healthPort),
      PORT: String(port),
    },
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const stop = () => endDaemon(daemon, 'SIGTERM', 10_000);
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await pause(100)) {
    const ready = await fetch(`http://127.0.0.1:${healthPort}/health/ready`).catch(() => undefined);
    await ready?.text();
    if (ready?.ok) return { url: `http://127.0.0.1:${port}`, stop };
    if (!daemon.running()) break;
  }
  await stop();
  throw new Error('a further gateway did not start');
}

export interface Logins {
  readonly granted: number;
  /** Asked to come again: the slots for hashing passwords were full. */
  readonly busy: number;
}

/** Keeps so many logins in flight until told to stop. @throws when one is answered otherwise */
export function keepLoggingIn(stack: Stack, parallel: number): () => Promise<Logins> {
  const counts = { granted: 0, busy: 0 };
  let going = true;
  const { email, password } = stack.admin;
  const logIn = async () => {
    while (going) {
      const answer = await fetch(`${stack.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password }),
      });
      await answer.text();
      if (answer.ok) counts.granted += 1;
      else if (answer.status === 503 || answer.status === 429) counts.busy += 1;
      else throw new Error(`a login was answered ${answer.status}`);
      // Whoever is asked to come again does so after a moment, as a person's browser would.
      if (!answer.ok) await pause(250);
    }
  };
  const all = Promise.all(Array.from({ length: parallel }, logIn));
  all.catch(() => undefined);
  return async () => {
    going = false;
    await all;
    return counts;
  };
}
