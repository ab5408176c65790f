import { AgentsApi } from './agents';
import { ApprovalsApi } from './approvals';
import { CodeReviewsApi } from './code-reviews';
import { DeadLettersApi } from './dead-letters';
import { EventsApi } from './events';
import { HttpTransport, type CallOptions, type ConnectionOptions } from './http';
import { NotificationsApi } from './notifications';
import { QueuesApi } from './queues';
import { callRoute, type RouteInput, type RouteMethod, type RouteOutput, type RoutePath } from './routes';
import { TasksApi } from './tasks';
import { TemplatesApi } from './templates';
import { TriggersApi } from './triggers';
import type { Health } from './types';
import { WebhooksApi } from './webhooks';
import { WorkflowsApi } from './workflows';

/**
 * The control plane over HTTP. Every call repeats attempts that reached no decision; what changes something carries an
 * idempotency key, so that a repetition is done once. Reads see what this client has written,
 * and what it was told of by live events.
 */
export class Client {
  readonly agents: AgentsApi;
  readonly tasks: TasksApi;
  readonly queues: QueuesApi;
  readonly deadLetters: DeadLettersApi;
  readonly events: EventsApi;
  readonly notifications: NotificationsApi;
  readonly webhooks: WebhooksApi;
  readonly workflows: WorkflowsApi;
  readonly approvals: ApprovalsApi;
  readonly triggers: TriggersApi;
  readonly codeReviews: CodeReviewsApi;
  readonly templates: TemplatesApi;
  private readonly http: HttpTransport;

  /** `baseUrl` may name the API's version (`…/v1`), as the API's documents write it: it is left out. */
  constructor(options: ConnectionOptions) {
    this.http = new HttpTransport({ ...options, baseUrl: options.baseUrl.replace(/(?:\/api)?\/v1\/?$/, '') });
    this.agents = new AgentsApi(this.http);
    this.tasks = new TasksApi(this.http);
    this.queues = new QueuesApi(this.http);
    this.webhooks = new WebhooksApi(this.http);
    this.deadLetters = new DeadLettersApi(this.http);
    this.events = new EventsApi(this.http);
    this.notifications = new NotificationsApi(this.http);
    this.workflows = new WorkflowsApi(this.http);
    this.approvals = new ApprovalsApi(this.http);
    this.triggers = new TriggersApi(this.http);
    this.codeReviews = new CodeReviewsApi(this.http);
    this.templates = new TemplatesApi(this.http);
  }

  health(options: CallOptions = {}): Promise<Health> {
    return this.http.json({ ...options, method: 'GET', path: '/health' });
  }

  /**
   * Any route by its method and path, typed by the control plane's OpenAPI document; nothing is renamed.
   *
   *     await client.call('GET', '/api/v1/agents/{id}', { path: { id } });
   */
  call<Method extends RouteMethod, Path extends RoutePath<Method>>(
    method: Method,
    path: Path,
    ...[input]: object extends RouteInput<Method, Path> ? [RouteInput<Method, Path>?] : [RouteInput<Method, Path>]
  ): Promise<RouteOutput<Method, Path>> {
    return callRoute(this.http, method, path, input as object);
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
