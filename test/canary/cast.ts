import { randomBytes } from 'node:crypto';
import { newId } from '@ao/kernel';
import { canary, canaryOf, type Canary } from './canary';
import type { Answer, Installation } from './installation';

export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

export interface Person {
  readonly id: string;
  readonly email: Canary;
  readonly password: Canary;
}

/** Everything secret and personal that was given to the product, or made by it, and by whom it may be seen. */
export interface Canaries {
  /** Must be in no answer at all. */
  readonly never: readonly Canary[];
  /** Are in the answer to whoever may have them, and in no error. */
  readonly answered: readonly Canary[];
  /** Must not even reach identity: the gateway refuses what they came with. */
  readonly stopped: readonly Canary[];
}

/** People who use an installation, from one address and browser, and remember what must not be seen of it. */
export interface Cast extends Canaries {
  readonly address: Canary;
  unspoken(one: Canary): Canary;
  spoken(one: Canary): Canary;
  /** Text to put where it will be refused. */
  hidden(): string;
  /** Enters with the first administrator's password; must be called before the following. */
  enter(): Promise<void>;
  asAdmin(method: string, route: string, body?: unknown): Promise<Record<string, unknown>>;
  askAsAdmin(method: string, route: string, body?: unknown): Promise<Answer>;
  logIn(email: string, password: string, more?: object): Promise<Tokens>;
  person(role: string): Promise<Person>;
  secretValue(): Canary;
  /** Its id. */
  createSecret(value: Canary, name?: string): Promise<string>;
}

export function castOf(installation: Installation): Cast {
  const never: Canary[] = [];
  const answered: Canary[] = [];
  const stopped = [canaryOf('a hash of a password', '$argon2id$', ['$argon2'])];
  const into = (list: Canary[]) => (one: Canary) => {
    list.push(one);
    return one;
  };
  const [unspoken, spoken] = [into(never), into(answered)];
  const address = spoken(canaryOf('the address of a client', randomAddress()));
  const userAgent = spoken(canary('the user agent of a client', (word) => `Browser/${word}`));
  let token = '';

  const asAdmin: Cast['asAdmin'] = (method, route, body) =>
    installation.expectDone(method, route, { token, ...(body !== undefined && { body }) });
  const logIn: Cast['logIn'] = async (email, password, more = {}) => {
    const body = { email, password, ...more };
    const headers = { 'x-forwarded-for': address.text, 'user-agent': userAgent.text };
    const tokens = await installation.expectDone('POST', '/api/v1/auth/login', { body, headers });
    const { access_token, refresh_token } = tokens as unknown as Tokens;
    spoken(canaryOf('an access token', access_token));
    spoken(canaryOf('a refresh token', refresh_token));
    return { access_token, refresh_token };
  };
  return {
    ...{ never, answered, stopped, address, unspoken, spoken, asAdmin, logIn },
    askAsAdmin: (method, route, body) =>
      installation.ask(method, route, { token, ...(body !== undefined && { body }) }),
    hidden: () => into(stopped)(canary('something that was refused')).text,
    enter: async () => {
      const { email, password } = installation.stack.admin;
      spoken(canaryOf('the address of the first admin', email));
      unspoken(canaryOf('the password of the first admin', password));
      token = (await logIn(email, password)).access_token;
    },
    person: async (role) => {
      const email = spoken(canary('an e-mail address', (word) => `${word}@example.org`));
      const password = unspoken(canary('a password', (word) => `Pass ${word} word`));
      const full_name = spoken(canary('a full name', (word) => `Ada ${word}`)).text;
      const body = { email: email.text, password: password.text, full_name, role };
      const { id } = await asAdmin('POST', '/api/v1/admin/users', body);
      return { id: id as string, email, password };
    },
    secretValue: () => spoken(canary('the value of a secret', (word) => `value ${word}`)),
    createSecret: async (value, name = `secret ${newId()}`) => {
      const { id } = await asAdmin('POST', '/api/v1/secrets', { name, value: value.text, category: 'database' });
      return id as string;
    },
  };
}

/** Of IPv6, and such that it is written in one way only. */
function randomAddress(): string {
  const parts = randomBytes(12).toString('hex').match(/.{4}/g) ?? [];
  return `2001:db8:${parts.map((part) => part.replace(/^0/, 'a')).join(':')}`;
}
