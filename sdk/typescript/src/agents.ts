import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import type { Agent, AgentFilter, AgentRegistration, AgentStatus, LoadMetrics, RegisteredAgent } from './types';

/** `client.agents`: who is in the fleet. */
export class AgentsApi {
  constructor(private readonly http: HttpTransport) {}

  /** Registers an agent under its own id, or renews the registration it already has there. */
  async register(agent: AgentRegistration, options: WriteOptions = {}): Promise<RegisteredAgent> {
    const body = snakeKeys(agent);
    return camelKeys(await this.http.json<object>({ ...options, method: 'POST', path: '/agents/register', body }));
  }

  /** @throws NotFoundError */
  async get(agentId: string, options: CallOptions = {}): Promise<Agent> {
    const path = `/agents/${encodeURIComponent(agentId)}`;
    const query = { at_least: this.http.position || undefined };
    const answer = await this.http.json<{ agent: object }>({ ...options, method: 'GET', path, query });
    return camelKeys(answer.agent);
  }

  /** The agents that fit every filter given; none given: all. */
  async discover(filter: AgentFilter = {}, options: CallOptions = {}): Promise<Agent[]> {
    const answer = await this.http.json<{ agents: object[] }>({
      ...options,
      method: 'POST',
      path: '/agents/discover',
      repeatable: true,
      query: { at_least: this.http.position || undefined },
      body: snakeKeys(filter),
    });
    return answer.agents.map((agent) => camelKeys<Agent>(agent));
  }

  /** All agents, or those of one status or type. */
  list(filter: Pick<AgentFilter, 'status' | 'agentType'> = {}, options: CallOptions = {}): Promise<Agent[]> {
    return this.discover(filter, options);
  }

  /**
   * `active` takes tasks, `busy` takes nothing new until the next `active`, `inactive` is stopped until the next
   * `active`, `stale` counts as offline until the next heartbeat.
   */
  async setStatus(
    agentId: string,
    status: AgentStatus,
    loadMetrics?: LoadMetrics,
    options: CallOptions = {},
  ): Promise<void> {
    const path = `/agents/${encodeURIComponent(agentId)}/status`;
    const body = { status, load_metrics: loadMetrics && snakeKeys(loadMetrics) };
    await this.http.json({ ...options, method: 'PUT', path, body });
  }

  /** One beat over HTTP, for agents without a socket; a `Worker` beats by itself. */
  async heartbeat(agentId: string, loadMetrics?: LoadMetrics, options: CallOptions = {}): Promise<void> {
    const path = `/agents/${encodeURIComponent(agentId)}/heartbeat`;
    const body = { load_metrics: loadMetrics && snakeKeys(loadMetrics) };
    await this.http.json({ ...options, method: 'POST', path, body, repeatable: true });
  }
}
