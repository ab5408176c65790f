import { X509Certificate } from 'node:crypto';
import { testStack, type TestStack } from '@ao/testing';
import { IdentityClient, type Answer } from './identity-api.fixture';

export interface Enrolled {
  readonly agentId: string;
  readonly token: string;
  readonly config: { readonly heartbeatInterval: number };
  readonly certificate: {
    readonly cert: string;
    readonly key?: string;
    readonly ca: string;
    readonly expiresAt: string;
  };
}

/** A whole stack, and agents that enrol with it. */
export interface EnrolmentStack {
  readonly stack: TestStack;
  readonly http: IdentityClient;
  /** The text of a new registration token. */
  issue(body?: object): Promise<string>;
  register(token: string | undefined, body: object): Promise<Answer>;
  /** An agent that has enrolled. */
  enrolled(name: string, more?: object): Promise<Enrolled>;
  as(agent: Pick<Enrolled, 'token'>, method: string, route: string, body?: unknown): Promise<Answer>;
  beat(agent: Pick<Enrolled, 'token' | 'agentId'>): Promise<Answer>;
  stop(): Promise<void>;
}

const TOKENS = '/api/v1/agents/registration-tokens';

/** @param env for every service, besides */
export async function enrolmentStack(env: Readonly<Record<string, string>> = {}): Promise<EnrolmentStack> {
  const stack = await testStack({ env });
  const http = new IdentityClient(stack);
  const issue = async (body: object = {}) => {
    const answer = await http.operator('POST', TOKENS, body);
    if (answer.status !== 201) throw new Error(`no token: ${answer.text}`);
    return answer.body['token'] as string;
  };
  const register = (token: string | undefined, body: object) =>
    http.call('POST', '/api/v1/agents/register', { body, ...(token && { headers: { 'x-agent-token': token } }) });
  const as: EnrolmentStack['as'] = ({ token }, method, route, body) => http.call(method, route, { token, body });
  return {
    ...{ stack, http, issue, register, as },
    async enrolled(name, more) {
      const answer = await register(await issue(), { name, ...more });
      if (answer.status !== 201) throw new Error(`${name} did not enrol: ${answer.text}`);
      return answer.body as unknown as Enrolled;
    },
    beat: (agent) => as(agent, 'POST', `/api/v1/agents/${agent.agentId}/heartbeat`, { status: 'healthy' }),
    stop: () => stack.stop(),
  };
}

export const serialOf = (pem: string) => new X509Certificate(pem).serialNumber.toLowerCase();
