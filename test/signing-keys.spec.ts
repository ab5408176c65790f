import { eventually, testStack, type TestStack } from '@ao/testing';

/** Another key signs access tokens while people are logged in. */
describe('rotation of the key that signs tokens', () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await testStack();
  });
  afterAll(() => stack?.stop());

  async function post(path: string, token: string, body: object = {}) {
    const answer = await fetch(`${stack.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, string> };
  }
  const logIn = async () => {
    const { status, body } = await post('/api/v1/auth/login', 'none', stack.admin);
    expect({ status, body }).toMatchObject({ status: 200, body: { access_token: expect.any(String) } });
    return body['access_token']!;
  };
  const me = async (token: string) =>
    (await fetch(`${stack.url}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })).status;

  const kidOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as { kid: string }).kid;

  it('should keep everybody in, whichever key signed', async () => {
    const before = await logIn();
    const first = await post('/api/v1/security/signing-keys/rotate', before);
    expect(first).toEqual({ status: 200, body: { key_id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
    const second = await post('/api/v1/security/signing-keys/rotate', stack.apiKey);
    expect(second.body['key_id']).not.toBe(first.body['key_id']);
    // It signs as soon as every gateway has had the time to hear of it.
    const after = await eventually(
      async () => {
        const token = await logIn();
        expect(kidOf(token)).toBe(second.body['key_id']);
        return token;
      },
      { timeoutMs: 20_000, intervalMs: 500 },
    );
    expect(kidOf(before)).not.toBe(kidOf(after));
    for (const token of [before, after]) expect(await me(token)).toBe(200);
  });
});
