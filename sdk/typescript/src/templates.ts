import { camelKeys, snakeKeys } from './casing';
import type { CallOptions, HttpTransport, WriteOptions } from './http';
import type { JsonObject } from './types';

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly version: number;
  /** What `get` shows besides. */
  readonly [name: string]: unknown;
}

/** What was made. */
export type Installation = JsonObject & { readonly id: string };

const PATH = '/api/v1/marketplace/templates';
const INSTALLATIONS = '/api/v1/marketplace/installations';
const pathOf = (id: string, rest = '') => `${PATH}/${encodeURIComponent(id)}${rest}`;
const installationPath = (id: string) => `${INSTALLATIONS}/${encodeURIComponent(id)}`;

/** `client.templates`: agents and workflows that are there to be installed. */
export class TemplatesApi {
  constructor(private readonly http: HttpTransport) {}

  async list(
    filter: { readonly category?: string; readonly search?: string } = {},
    options: CallOptions = {},
  ): Promise<Template[]> {
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: PATH, query: { ...filter } });
    return answer.map((template) => camelKeys<Template>(template));
  }

  /** @throws NotFoundError */
  async get(id: string, options: CallOptions = {}): Promise<Template> {
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path: pathOf(id) }));
  }

  /** Makes its agents and workflows. @throws NotFoundError; InvalidRequestError for parameters that do not meet its JSON Schema */
  async install(
    id: string,
    terms: {
      readonly parameters?: JsonObject;
      /** Default: the newest. */
      readonly version?: number;
      /** Stands before the name of everything that is made. */
      readonly name?: string;
    } = {},
    options: WriteOptions = {},
  ): Promise<Installation> {
    const request = { ...options, method: 'POST' as const, path: pathOf(id, '/install'), body: snakeKeys(terms) };
    return camelKeys(await this.http.json<object>(request));
  }

  /** Newest first, those that were taken back too. */
  async installations(
    filter: { readonly templateId?: string; readonly status?: string } = {},
    options: CallOptions = {},
  ): Promise<Installation[]> {
    const { templateId: template_id, status } = filter;
    const query = { template_id, status };
    const answer = await this.http.json<object[]>({ ...options, method: 'GET', path: INSTALLATIONS, query });
    return answer.map((installation) => camelKeys<Installation>(installation));
  }

  /** @throws NotFoundError */
  async installation(id: string, options: CallOptions = {}): Promise<Installation> {
    return camelKeys(await this.http.json<object>({ ...options, method: 'GET', path: installationPath(id) }));
  }

  /**
   * Takes back what an installation made. `force`: also while its runs and tasks are at work, and what was changed since.
   * @throws NotFoundError; ConflictError for what `force` is for
   */
  async uninstall(
    id: string,
    terms: { readonly force?: boolean } = {},
    options: CallOptions = {},
  ): Promise<JsonObject> {
    const request = { ...options, method: 'DELETE' as const, path: installationPath(id), query: { ...terms } };
    return camelKeys(await this.http.json<object>(request));
  }
}
