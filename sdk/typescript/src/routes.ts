import type { paths } from './api-types';
import type { HttpTransport, Request, WriteOptions } from './http';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** The paths that answer a method, as the control plane's OpenAPI document writes them: `/api/v1/tasks/{id}`. */
export type RoutePath<Method extends RouteMethod> = {
  [Path in keyof paths]: paths[Path] extends Record<Lowercase<Method>, unknown> ? Path : never;
}[keyof paths];

type Operation<Method extends RouteMethod, Path extends keyof paths> =
  paths[Path] extends Record<Lowercase<Method>, infer Described> ? Described : never;
type JsonOf<Message> = Message extends { content: { 'application/json': infer Body } } ? Body : undefined;
type Named<Described, Where extends 'path' | 'query'> = Described extends { parameters: Record<Where, infer Values> }
  ? Values
  : Described extends { parameters: Partial<Record<Where, infer Values>> }
    ? Values
    : never;

/** What a route is given: `path` and `body` where it has them. */
export type RouteInput<Method extends RouteMethod, Path extends keyof paths> = WriteOptions &
  (Operation<Method, Path> extends { parameters: { path: infer Values } } ? { readonly path: Values } : unknown) & {
    readonly query?: Partial<Named<Operation<Method, Path>, 'query'>>;
  } & (Operation<Method, Path> extends { requestBody: infer Body }
    ? { readonly body: JsonOf<Body> }
    : Operation<Method, Path> extends { requestBody?: infer Body }
      ? { readonly body?: JsonOf<Body> }
      : unknown);

/** What a route answers when it does what it is asked. */
export type RouteOutput<Method extends RouteMethod, Path extends keyof paths> =
  Operation<Method, Path> extends { responses: infer Responses }
    ? {
        [Status in keyof Responses]: Status extends 200 | 201 | 202 ? JsonOf<Responses[Status]> : never;
      }[keyof Responses]
    : never;

/** Any input, for the code below, which is the same for all routes. */
type AnyInput = WriteOptions & {
  readonly path?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
};

/**
 * Any route of the control plane, also those that no other method of the client stands for. Names are the route's own, not the
 * SDK's: nothing is renamed.
 */
export function callRoute<Output>(
  http: HttpTransport,
  method: RouteMethod,
  template: string,
  { path = {}, query, body, ...options }: AnyInput = {},
): Promise<Output> {
  const named = template.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = path[name];
    if (typeof value !== 'string' && typeof value !== 'number') throw new TypeError(`${template} needs path.${name}`);
    return encodeURIComponent(value);
  });
  return http.json<Output>({ ...options, method, path: named, query: query as Request['query'], body });
}
