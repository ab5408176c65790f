import { AgentsApi } from './agents';
import { DeadLettersApi } from './dead-letters';
import { HttpTransport, type CallOptions, type ConnectionOptions } from './http';
import { QueuesApi } from './queues';
import { TasksApi } from './tasks';
import type { Health } from './types';

/**
 * The control plane over HTTP. Every call repeats attempts that reached no decision; what changes something carries an
 * idempotency key, so that a repetition is done once. Reads see what this client has written.
 */
export class Client {
  readonly agents: AgentsApi;
  readonly tasks: TasksApi;
  readonly queues: QueuesApi;
  readonly deadLetters: DeadLettersApi;
  private readonly http: HttpTransport;

  /** `baseUrl` may name the API's version (`…/v1`), as the API's documents write it: it is left out. */
  constructor(options: ConnectionOptions) {
    this.http = new HttpTransport({ ...options, baseUrl: options.baseUrl.replace(/(?:\/api)?\/v1\/?$/, '') });
    this.agents = new AgentsApi(this.http);
    this.tasks = new TasksApi(this.http);
    this.queues = new QueuesApi(this.http);
    this.deadLetters = new DeadLettersApi(this.http);
  }

  health(options: CallOptions = {}): Promise<Health> {
    return this.http.json({ ...options, method: 'GET', path: '/health' });
  }

  /** The highest log position that this client has caused or been told of. */
  get position(): number {
    return this.http.position;
  }

  /** Where an agent's task stream is served. */
  streamUrl(agentId: string): string {
    const url = new URL(this.http.baseUrl);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/agents/${encodeURIComponent(agentId)}/task-stream`;
    return url.href;
  }

  /** The headers that authenticate this client. */
  authorization(): Record<string, string> {
    return this.http.apiKey === undefined ? {} : { authorization: `Bearer ${this.http.apiKey}` };
  }

  /** Ends idle connections. */
  close(): void {
    this.http.close();
  }
}
