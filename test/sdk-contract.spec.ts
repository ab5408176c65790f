import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Worker } from '@agent-orchestration/sdk';
import { testStack, type TestStack } from '@ao/testing';
import { CALLS } from './sdk-contract.calls';
import { ContractServer, type OpenApi } from './sdk-contract.fixture';

const ROOT = path.resolve(__dirname, '..');
const PYTHON_SDK = path.join(ROOT, 'sdk/python');

const why = whyNoPython();
// Said, not passed over.
if (why !== undefined) console.warn(`Nothing of the Python SDK is tested: ${why}`);

const APIS = [...new Set(Object.keys(CALLS).map((name) => name.split('.')[0]!))];
const callsOf = (api: string) => Object.entries(CALLS).filter(([name]) => name.split('.')[0] === api);

/** Both SDKs against the gateway, and against the gateway's own OpenAPI document. */
describe('the SDKs', () => {
  let stack: TestStack;
  let document: OpenApi;

  beforeAll(async () => {
    stack = await testStack();
    document = (await (await fetch(`${stack.url}/openapi.json`)).json()) as OpenApi;
  }, 120_000);
  afterAll(async () => {
    await stack?.stop();
  });

  describe('in TypeScript', () => {
    let server: ContractServer;
    let client: Client;

    beforeAll(async () => {
      server = new ContractServer(document);
      client = new Client({ baseUrl: await server.start(), maxRetries: 0 });
    });
    afterAll(async () => {
      client?.close();
      await server?.stop();
    });

    it('should be called here with every method', () => {
      expect(Object.keys(CALLS).sort()).toEqual(methodsOf(client).sort());
    });

    it.each(APIS)('%s should ask for what is there, and understand the answers', async (api) => {
      for (const [name, call] of callsOf(api)) {
        const asked = server.asked.length;
        const answer = await call(client).catch((error: unknown) => error);
        expect({ name, problems: server.problems.splice(0), answer }).toEqual({ name, problems: [], answer });
        expect(answer).not.toBeInstanceOf(Error);
        expect({ name, asks: server.asked.length > asked }).toEqual({ name, asks: true });
        expect({ name, asTheWireHasIt: [answer].flat().flatMap(wireNames) }).toEqual({ name, asTheWireHasIt: [] });
      }
    });

    it('should notice what is not there', async () => {
      await expect(client.tasks.get('a/b/c').then(() => server.problems)).resolves.toEqual([]);
      const stranger = client.agents as unknown as { http: { json(request: object): Promise<unknown> } };
      await expect(stranger.http.json({ method: 'GET', path: '/api/v1/nothing' })).rejects.toThrow('no such route');
      const query = { nothing: 1 };
      await stranger.http.json({ method: 'GET', path: '/api/v1/tasks', query });
      await stranger.http.json({ method: 'POST', path: '/api/v1/tasks', body: { priority: 'now' } });
      expect(server.problems.splice(0)).toEqual([
        expect.stringContaining('there is no such route'),
        expect.stringContaining("no query parameter 'nothing'"),
        expect.stringContaining('is no body'),
      ]);
    });
  });

  it("should run the JavaScript of the API's documentation as it is printed there", async () => {
    const { client, worker, agentId } = await workAt(stack);
    const lines: string[] = [];
    const sample = printedIn('sdk/typescript/README.md', 'js')
      .replace(/^import .*$/m, '')
      .replace("'YOUR_API_KEY'", JSON.stringify(stack.apiKey))
      .replace('https://api.agent-orchestration-ops.com', stack.url)
      .replace('agent_123', agentId);
    const { AgentOrchestrationClient } = await import('@agent-orchestration/sdk');
    const told = new Promise<void>((resolve) => {
      const log = (...words: unknown[]) => {
        lines.push(words.map((word) => (typeof word === 'string' ? word : JSON.stringify(word))).join(' '));
        if (lines.at(-1)?.startsWith('Task completed')) resolve();
      };
      const run = new Function('AgentOrchestrationClient', 'console', `return (async () => {${sample}})();`) as (
        ...given: unknown[]
      ) => Promise<void>;
      void run(AgentOrchestrationClient, { log });
    });
    await told;
    expect(lines[0]).toBe('Found 1 active agents');
    expect(lines.at(-1)).toBe('Task completed: {"records_processed":1000}');
    expect(lines).toContain('Task progress: 100%');
    await worker.stop();
    client.close();
  });

  // eslint-disable-next-line no-restricted-properties -- it runs wherever there is a Python
  (why === undefined ? describe : describe.skip)('in Python', () => {
    it('should pass its own tests, against the gateway too', async () => {
      const output = await python(['-W', 'error', '-m', 'unittest'], {
        AGENT_ORCHESTRATION_URL: stack.url,
        AGENT_ORCHESTRATION_API_KEY: stack.apiKey,
      });
      // None of them left out, apart from those of the contract, which are below.
      expect(output).toMatch(/\nOK( \(skipped=2\))?\n$/);
    }, 120_000);

    it('should ask for what is there, and understand the answers', async () => {
      const server = new ContractServer(document);
      try {
        const output = await python(['-W', 'error', '-m', 'unittest', 'tests.test_contract'], {
          AGENT_ORCHESTRATION_CONTRACT_URL: await server.start(),
        });
        expect(output).toMatch(/\nOK\n$/);
        expect(server.problems).toEqual([]);
        expect(new Set(server.asked).size).toBeGreaterThan(50);
      } finally {
        await server.stop();
      }
    });

    it("should run the API's documentation as it is printed there", async () => {
      const { client, worker, agentId } = await workAt(stack);
      const sample = printedIn('sdk/python/README.md', 'python')
        .replace('YOUR_API_KEY', stack.apiKey)
        .replace('https://api.agent-orchestration-ops.com', stack.url)
        .replace('agent_123', agentId);
      // The sample leaves the import out; and nobody wants to wait for five seconds.
      const output = await python(['-c', `import time\ntime.sleep = lambda _: None\n${sample}`]);
      const lines = output.trimEnd().split('\n');
      expect(lines[0]).toBe('Found 1 active agents');
      expect(lines.at(-2)).toBe('Task progress: 100%');
      expect(lines.at(-1)).toBe("Task completed with result: {'records_processed': 1000}");
      await worker.stop();
      client.close();
    });
  });
});

/** An agent that does what the samples submit, and takes its time, so that they see it at work. */
async function workAt(stack: TestStack): Promise<{ client: Client; worker: Worker; agentId: string }> {
  const client = new Client({ baseUrl: stack.url, apiKey: stack.apiKey });
  for (const { agentId } of await client.agents.list({ status: 'active' }))
    await client.agents.setStatus(agentId, 'inactive');
  const agentId = 'data-processor';
  const worker = new Worker({
    client,
    agentId,
    agentType: 'worker',
    handlers: { data_processing: () => pause(300, { records_processed: 1000 }) },
  });
  await worker.start();
  await client.agents.setStatus(agentId, 'active');
  return { client, worker, agentId };
}

/** The sample of seed document 001 that a document of ours shows. */
function printedIn(file: string, language: string): string {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].find(([, code]) =>
    code?.includes('api.agent-orchestration-ops.com'),
  );
  if (!found?.[1]) throw new Error(`${file} shows no sample of the documentation`);
  return found[1];
}

/** `tasks.submit` and so on: what is public, which the compiler knows and the class does not. */
function methodsOf(api: object, prefix = ''): string[] {
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(api) as object).filter((name) => !HIDDEN.has(name));
  const inner = Object.entries(api).flatMap(([name, value]: [string, unknown]) =>
    /Api$/.test((value as object | undefined)?.constructor.name ?? '') && name !== 'events'
      ? methodsOf(value as object, `${prefix}${name}.`)
      : [],
  );
  return [...own.map((name) => prefix + name), ...inner];
}

/** What is private, and what is no call of its own. */
const HIDDEN = new Set([
  ...['constructor', 'post', 'write', 'going', 'askAll'],
  // `call` is typed by the document itself.
  ...['position', 'streamUrl', 'authorization', 'close', 'call'],
]);

/** Names that were left as the wire has them, apart from those within what is the caller's own. */
function wireNames(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.keys(answer).filter((name) => name.includes('_'));
}

function python(args: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PYTHONPATH: PYTHON_SDK, PYTHONDONTWRITEBYTECODE: '1', ...environment };
    const child = spawn('python3', args, { cwd: PYTHON_SDK, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', reject).once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`python3 ended with ${code}:\n${output}`));
    });
  });
}

/** Undefined: there is one that the SDK is for. */
function whyNoPython(): string | undefined {
  const { status, stdout } = spawnSync('python3', ['-c', 'import sys; print(sys.version_info >= (3, 9))'], {
    encoding: 'utf8',
  });
  if (status !== 0) return 'there is no python3 here';
  return stdout.trim() === 'True' ? undefined : 'python3 is older than 3.9 here';
}
