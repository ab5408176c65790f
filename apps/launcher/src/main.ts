import path from 'node:path';
import { StartupError } from '@ao/embedded';
import { prefixedOutput } from './output';
import { readSettings, type LauncherSettings } from './settings';
import { InterruptedStart, startStack, type Stack } from './stack';

/** `npm start`. */
async function main(): Promise<void> {
  const started = performance.now();
  // The terminal may be gone before we are: its end must not be ours.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const settings = readSettings(process.env);
  const say = prefixedOutput({
    format: settings.LOG_FORMAT,
    colour: process.stdout.isTTY && !process.env.NO_COLOR,
    write: (text) => process.stdout.write(text),
  });

  const interruption = new AbortController();
  const running: { stack?: Stack } = {};
  let asked = 0;
  const end = () => {
    asked += 1;
    interruption.abort();
    const { stack } = running;
    if (!stack) {
      say('launcher', asked === 1 ? 'stopping what has been started' : 'still stopping');
    } else if (asked === 1) {
      say('launcher', 'stopping: services finish what they took (Ctrl-C again ends them at once)');
      void finish(() => stack.stop(), 0);
    } else if (asked === 2) {
      say('launcher', 'ending at once');
      void finish(() => stack.kill(), 1);
    }
  };
  const finish = async (how: () => Promise<void>, code: number) => {
    await how();
    say('launcher', 'stopped; the data stays');
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

  const stack = await startStack({ settings, say, signal: interruption.signal });
  running.stack = stack;
  process.stdout.write(banner(stack, settings, Math.round(performance.now() - started)));
  // `npm run dev` says which services it has built anew.
  process.on('message', (message: { restart?: string[] }) => void stack.restart(message.restart ?? []));
  process.on('disconnect', end);
}

function banner(stack: Stack, settings: LauncherSettings, milliseconds: number): string {
  const { COMPAT_PORTS: compatPorts, AGENT_TLS_PORT: agentPort } = settings;
  const health = Object.values(stack.healthUrls).join(' ');
  const { admin } = stack;
  const credentials = path.relative(process.cwd(), path.join(stack.dataDir, 'credentials.json'));
  return [
    '',
    `agent-orchestration is ready after ${(milliseconds / 1000).toFixed(1)} s`,
    `  API      ${stack.url}  (${stack.url}/docs, ${stack.url}/openapi.json)`,
    ...(compatPorts
      ? [`           also on the ports ${compatPorts.split(',').join(' and ')} of 127.0.0.1 where they are free`]
      : []),
    ...(agentPort
      ? [
          `  agents   ${agentUrl(stack.url, agentPort)}  (with a certificate; served without that port where it is taken)`,
        ]
      : []),
    `  health   ${health}`,
    stack.firstStart
      ? `  API key  ${stack.apiKey}  (shown this once; kept in ${credentials})`
      : `  API key  bootstrap_api_key in ${credentials}`,
    admin.madeNow
      ? `  admin    ${admin.email}  password ${admin.password}  (shown this once; kept in ${credentials})`
      : `  admin    ${admin.email}  (its first password: bootstrap_admin_password in ${credentials})`,
    `  data     ${stack.dataDir}`,
    '  Ctrl-C stops it; the next start finds its data again.',
    '',
    '',
  ].join('\n');
}

const agentUrl = (api: string, port: number) => {
  const url = new URL(api);
  return `https://${url.hostname}:${port}`;
};

main().catch((error: unknown) => {
  const known = error instanceof StartupError || error instanceof InterruptedStart;
  process.stderr.write(
    `${known ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(error instanceof InterruptedStart ? 0 : 1);
});
