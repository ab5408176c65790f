import { freePort } from '@ao/embedded';
import { eventually, startService, testStack, type TestStack } from '@ao/testing';
import { sliceOf } from '../apps/gateway/src/limits/budget-window';

const PER_MINUTE = 60;

/** Limits through the doors of two gateways on one Postgres. */
describe('rate limits', () => {
  let stack: TestStack;
  let urls: [string, string];

  beforeAll(async () => {
    stack = await testStack();
    const port = await freePort();
    const second = await startService('gateway', { ...stack.environmentOf('gateway'), PORT: String(port) });
    await second.ready();
    urls = [stack.url, `http://127.0.0.1:${port}`];
    stopSecond = () => second.kill();
  });
  let stopSecond: (() => Promise<unknown>) | undefined;
  afterAll(async () => {
    await stopSecond?.();
    await stack?.stop();
  });

  async function call(url: string, path: string, key: string, body?: unknown, method = body ? 'POST' : 'GET') {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { status, headers } = answer;
    return { status, headers, json: (await answer.json()) as Record<string, unknown> };
  }

  /** Known to both gateways when it returns. */
  async function makeKey(limit: object | null, scopes: string[]): Promise<string> {
    const { json } = await call(urls[0], '/api/v1/security/api-keys', stack.apiKey, {
      ...{ name: 'limited', scopes, rate_limit: limit },
    });
    expect(json).toMatchObject({ key: expect.stringMatching(/^ao_live_/) });
    return json['key'] as string;
  }

  /** Away from the end of a minute: a test that crosses it would see two budgets. */
  async function earlyInTheMinute(): Promise<void> {
    await eventually(() => expect((Date.now() / 1000) % 60).toBeLessThan(52), { timeoutMs: 20_000, intervalMs: 200 });
  }

  it('should let a key make what it may on both gateways together, and say so on every answer', async () => {
    const limit = { requests_per_hour: 1_000, requests_per_minute: PER_MINUTE };
    const key = await makeKey(limit, ['tasks:read', 'agents:act', 'agents:read']);
    await earlyInTheMinute();
    const first = await call(urls[0], '/api/v1/tasks', key);
    expect(first.headers.get('x-ratelimit-limit')).toBe('1000');
    expect(first.headers.get('x-ratelimit-remaining')).toBe('999');
    const reset = Number(first.headers.get('x-ratelimit-reset'));
    expect(reset % 3_600).toBe(0);
    expect(reset - Date.now() / 1_000).toBeLessThanOrEqual(3_600);

    let passed = 1;
    const refused: Awaited<ReturnType<typeof call>>[] = [];
    for (let round = 0; round < 40; round += 1) {
      const answers = await Promise.all(urls.flatMap((url) => [1, 2].map(() => call(url, '/api/v1/tasks', key))));
      for (const answer of answers) {
        if (answer.status === 200) passed += 1;
        else refused.push(answer);
      }
    }
    expect(passed).toBeGreaterThanOrEqual(PER_MINUTE);
    expect(passed).toBeLessThanOrEqual(PER_MINUTE + 2 * sliceOf(PER_MINUTE));
    for (const { status, headers, json } of refused) {
      expect(status).toBe(429);
      expect(json).toMatchObject({ code: 'rate_limited', status: 429 });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('x-ratelimit-remaining')).toBe('0');
    }

    // What the agents of that key do goes on.
    const registered = await call(urls[0], '/agents/register', stack.apiKey, {
      agent_id: 'beating',
      agent_type: 'worker',
    });
    expect(registered.status).toBe(200);
    for (let beat = 0; beat < 10; beat += 1) {
      expect((await call(urls[beat % 2]!, '/agents/beating/heartbeat', key, {})).status).toBe(200);
    }
    expect((await call(urls[0], '/api/v1/tasks', key)).status).toBe(429);
  });

  it('should count those who show nothing valid by their address', async () => {
    const remaining = async () => {
      const { status, headers } = await call(urls[0], '/api/v1/tasks', 'ao_live_nobody');
      expect(status).toBe(401);
      return Number(headers.get('x-ratelimit-remaining'));
    };
    const first = await remaining();
    expect(first).toBeGreaterThan(1_000_000);
    expect(await remaining()).toBeLessThan(first);
  });

  it('should obey the settings within two seconds, for keys that have no limit of their own', async () => {
    const key = await makeKey(null, ['tasks:read']);
    await earlyInTheMinute();
    expect((await call(urls[0], '/api/v1/tasks', key)).headers.get('x-ratelimit-limit')).toBe('1000');
    const changed = await call(
      urls[0],
      '/api/v1/settings/bulk',
      stack.apiKey,
      { settings: { 'rate_limits.requests_per_hour': 5_000, 'rate_limits.requests_per_minute': 3 } },
      'PUT',
    );
    expect(changed.status).toBe(200);
    for (const url of urls) {
      await eventually(
        async () =>
          expect((await call(url, '/api/v1/tasks', key)).headers.get('x-ratelimit-limit')).toMatch(/^(5000|3)$/),
        { timeoutMs: 2_000 },
      );
    }
    await eventually(async () => expect((await call(urls[0], '/api/v1/tasks', key)).status).toBe(429));
    // The operator's key is not theirs.
    expect((await call(urls[0], '/api/v1/tasks', stack.apiKey)).status).toBe(200);
  });
});
