import type { TestStack } from '@ao/testing';

export const PASSWORD = 'a passphrase of some length';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

interface Sending {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Somebody who is logged in. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly full_name: string;
  readonly token: string;
  readonly refresh_token: string;
  call(method: string, route: string, body?: unknown): Promise<Answer>;
}

/** The identity routes of a stack, asked by whoever is wanted. */
export class IdentityClient {
  private people = 0;

  constructor(private readonly stack: TestStack) {}

  async raw(
    method: string,
    route: string,
    body: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    const response = await fetch(this.stack.url + route, { method, headers, body });
    const text = await response.text();
    const isJson = text !== '' && /json/.test(response.headers.get('content-type') ?? '');
    const parsed = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, text, body: parsed };
  }

  call(method: string, route: string, { token, body, headers }: Sending = {}): Promise<Answer> {
    return this.raw(method, route, body === undefined ? undefined : JSON.stringify(body), {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    });
  }

  /** By the bootstrap key. */
  operator(method: string, route: string, body?: unknown): Promise<Answer> {
    return this.call(method, route, { token: this.stack.apiKey, body });
  }

  async logIn(credentials: { readonly email: string; readonly password: string }): Promise<Person> {
    const answer = await this.call('POST', '/api/v1/auth/login', { body: credentials });
    if (answer.status !== 200) throw new Error(`no login: ${answer.status} ${answer.text}`);
    const {
      access_token: token,
      refresh_token,
      user,
    } = answer.body as {
      access_token: string;
      refresh_token: string;
      user: { id: string; email: string; full_name: string };
    };
    const { id, email, full_name } = user;
    return {
      ...{ id, email, full_name, token, refresh_token },
      call: (method, route, body) => this.call(method, route, { token, body }),
    };
  }

  /** Somebody new. */
  async person(role: string): Promise<Person> {
    const email = `person-${(this.people += 1)}@example.org`;
    const body = { email, password: PASSWORD, full_name: `Person ${this.people}`, role };
    const made = await this.operator('POST', '/api/v1/admin/users', body);
    if (made.status !== 201) throw new Error(`no user: ${made.status} ${made.text}`);
    return this.logIn({ email, password: PASSWORD });
  }
}
