import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Schema = Readonly<Record<string, unknown>> & {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly format?: string;
  readonly default?: unknown;
};
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema: Schema }>>;
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const TIME = '2026-01-01T00:00:00.000Z';

/**
 * A gateway made of its own OpenAPI document alone: a request must be to a route that is there, with a query and a body that its
 * schemas allow, and is answered with a sample of what its schema says. `problems` has what was not so.
 */
export class ContractServer {
  readonly problems: string[] = [];
  /** `METHOD /path/{template}` of every request. */
  readonly asked: string[] = [];
  private readonly ajv = addFormats(new Ajv({ strict: false, coerceTypes: false }));
  private readonly forQueries = addFormats(new Ajv({ strict: false, coerceTypes: true }));
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly routes: readonly { readonly template: string; readonly pattern: RegExp }[];
  private readonly server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, body } = this.answer(request, Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': 'application/json', 'x-total-count': '1' });
      response.end(JSON.stringify(body));
    });
  });

  constructor(private readonly document: OpenApi) {
    this.ajv.addSchema({ ...document, $id: 'api' });
    this.routes = Object.keys(document.paths)
      // What is written out wins over what is a parameter.
      .sort((one, other) => parametersOf(one) - parametersOf(other))
      .map((template) => ({ template, pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`) }));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer({ method = '', url = '' }: http.IncomingMessage, text: string): { status: number; body: unknown } {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const route = this.routes.find(
      ({ template, pattern }) => pattern.test(pathname) && method.toLowerCase() in this.document.paths[template]!,
    );
    const operation = route && this.document.paths[route.template]?.[method.toLowerCase()];
    if (!route || !operation) {
      this.problems.push(`${method} ${pathname}: there is no such route`);
      return { status: 404, body: { status: 404, detail: 'no such route' } };
    }
    const name = `${method} ${route.template}`;
    this.asked.push(name);
    this.checkQuery(name, operation, searchParams);
    this.checkBody(name, `api#/paths/${route.template.replaceAll('/', '~1')}/${method.toLowerCase()}`, operation, text);
    const [status, answer] = Object.entries(operation.responses).find(([code]) => code.startsWith('2')) ?? ['200', {}];
    const schema = answer.content?.['application/json']?.schema;
    return { status: Number(status), body: schema ? this.sample(schema) : {} };
  }

  private checkQuery(name: string, operation: Operation, query: URLSearchParams): void {
    for (const [key, value] of query) {
      const parameter = operation.parameters?.find((each) => each.in === 'query' && each.name === key);
      if (!parameter) this.problems.push(`${name}: there is no query parameter '${key}'`);
      // A pattern of what is a number here was meant for its text.
      else if (!this.forQueries.validate({ properties: { value: parameter.schema } }, { value }))
        this.problems.push(`${name}: ?${key}=${value}: ${this.forQueries.errorsText()}`);
    }
  }

  private checkBody(name: string, at: string, { requestBody }: Operation, text: string): void {
    if (text === '') {
      if (requestBody?.required && !allowsNothing(requestBody, this.document))
        this.problems.push(`${name}: there is no body`);
      return;
    }
    if (!requestBody) return;
    const $ref = encodeURI(`${at}/requestBody/content/application~1json/schema`);
    const validate = this.compiled.get($ref) ?? this.ajv.compile({ $ref });
    this.compiled.set($ref, validate);
    if (!validate(JSON.parse(text)))
      this.problems.push(`${name}: ${text} is no body: ${this.ajv.errorsText(validate.errors)}`);
  }

  /** What could be answered; of words that could be, the one by which something has ended. */
  private sample(schema: Schema, depth = 0): unknown {
    if (schema.$ref) return this.sample(this.named(schema.$ref), depth);
    const choice = schema.allOf ?? schema.anyOf ?? schema.oneOf;
    if (schema.allOf)
      return Object.assign({}, ...schema.allOf.map((part) => this.sample(part, depth))) as Record<string, unknown>;
    if (choice) return this.sample(choice[0] ?? {}, depth);
    if (schema.enum) return schema.enum.includes('completed') ? 'completed' : schema.enum[0];
    switch (schema.type) {
      case 'object':
        return Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([key, each]) => [key, this.sample(each, depth + 1)]),
        );
      case 'array':
        return schema.items && depth < 6 ? [this.sample(schema.items, depth + 1)] : [];
      case 'string':
        return schema.nullable ? null : textOf(schema);
      case 'number':
      case 'integer':
        return schema.nullable ? null : Math.max(schema.minimum ?? 0, 0);
      case 'boolean':
        return schema.nullable ? null : true;
      default:
        return null;
    }
  }

  private named($ref: string): Schema {
    const found = this.document.components.schemas[$ref.replace('#/components/schemas/', '')];
    if (!found) throw new Error(`${$ref} is not in the document`);
    return found;
  }
}

function textOf({ format, minLength = 0 }: Schema): string {
  if (format === 'date-time') return TIME;
  return format === 'uuid' ? UUID : 'x'.repeat(Math.max(1, minLength));
}

function allowsNothing(body: NonNullable<Operation['requestBody']>, document: OpenApi): boolean {
  const schema = body.content['application/json']?.schema;
  const named = schema?.$ref ? document.components.schemas[schema.$ref.replace('#/components/schemas/', '')] : schema;
  return ((named?.['required'] as unknown[] | undefined) ?? []).length === 0;
}

function parametersOf(template: string): number {
  return template.split('{').length;
}
