import { SERVICES, freePort, type ServiceName } from '@ao/embedded';
import { startService, testStack, type StartedService, type TestStack } from '@ao/testing';
import { recordNats, type NatsRecorder } from './nats-recorder';
import { collectTraces, type TraceCollector } from './trace-collector';

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface Asking {
  readonly body?: unknown;
  /** Bearer. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Everything the product says anywhere, overheard. */
export interface Installation {
  readonly stack: TestStack;
  /** Of the gateway. */
  readonly url: string;
  readonly nats: NatsRecorder;
  readonly traces: TraceCollector;
  /** Every answer there was. */
  readonly answers: readonly (Answer & { readonly request: string })[];
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** @throws unless it succeeds */
  expectDone(method: string, path: string, asking?: Asking): Promise<Record<string, unknown>>;
  metrics(): Promise<string>;
  /** As written by all services. */
  output(): string;
  /** SIGTERM to a service, or to all that run: what they have not sent yet is sent. */
  end(name?: ServiceName): Promise<void>;
  stop(): Promise<void>;
}

export async function startOverheard(env: Readonly<Record<string, string>>): Promise<Installation> {
  const stack = await testStack({ services: [] });
  const nats = await recordNats(stack.nats.url, 'identity', 'notifications', 'workflows');
  const traces = await collectTraces();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const services: StartedService[] = [];
  const answers: (Answer & { request: string })[] = [];

  const start = async (name: ServiceName) => {
    const service = await startService(name, {
      ...stack.environmentOf(name),
      ...{ NATS_URL: nats.url, OTEL_EXPORTER_OTLP_ENDPOINT: traces.url, LOG_LEVEL: 'trace' },
      ...(name === 'gateway' && { PORT: String(port) }),
      ...env,
    });
    services.push(service);
    return service;
  };
  const stop = async () => {
    await Promise.all(services.map((service) => service.kill()));
    await nats.close();
    await traces.close();
    await stack.stop();
  };
  try {
    const started = await Promise.all(SERVICES.map(start));
    await Promise.all(started.map((service) => service.ready(60_000)));
  } catch (error) {
    await stop();
    throw error;
  }

  const ask: Installation['ask'] = async (method, path, { body, token, headers = {} } = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let json = {};
    try {
      json = JSON.parse(text) as object;
    } catch {
      // Not JSON; the text is there.
    }
    const shown = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    answers.push({ request: `${method} ${path}`, status: response.status, text: `${shown}\n\n${text}`, json });
    return answers.at(-1)!;
  };
  return {
    ...{ stack, url, nats, traces, answers, ask, stop },
    expectDone: async (method, path, asking) => {
      const { status, json } = await ask(method, path, asking);
      // Without the body: it may hold what this is all about.
      if (status >= 300) throw new Error(`${method} ${path} was answered with ${status} ${String(json.code ?? '')}`);
      return json;
    },
    metrics: async () => {
      const pages = services.map(async ({ healthUrl }) => (await fetch(`${healthUrl}/metrics`)).text());
      return (await Promise.all(pages)).join('\n');
    },
    output: () => services.flatMap(({ output }) => output).join('\n'),
    end: async (name) => {
      await Promise.all(
        services.filter((service) => name === undefined || service.name === name).map((one) => one.stop()),
      );
    },
  };
}
