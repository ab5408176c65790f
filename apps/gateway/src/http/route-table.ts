import type { FastifyInstance } from 'fastify';
import type { AccessRule } from './access';

export interface ServedRoute {
  readonly method: string;
  readonly pattern: string;
  readonly access: AccessRule | undefined;
}

/** The routes served, to tell a wrong method (405 with Allow) from a wrong path (404): the router itself only says no. */
export class RouteTable {
  private readonly served: ServedRoute[] = [];
  private readonly methodsByPattern = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();

  /** Learns every route that is registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const { access } = (route.config ?? {}) as { access?: AccessRule };
      for (const method of [route.method].flat()) this.add(method, route.url, access);
    });
  }

  add(method: string, pattern: string, access?: AccessRule): void {
    this.served.push({ method, pattern, access });
    let entry = this.methodsByPattern.get(pattern);
    if (!entry) {
      entry = { path: pathOf(pattern), methods: new Set() };
      this.methodsByPattern.set(pattern, entry);
    }
    entry.methods.add(method);
  }

  /** The methods that the path answers; empty for a path that is not served. */
  methodsOf(path: string): string[] {
    const methods = new Set<string>();
    for (const entry of this.methodsByPattern.values()) {
      if (entry.path.test(path)) for (const method of entry.methods) methods.add(method);
    }
    if (methods.size > 0) methods.add('OPTIONS');
    return [...methods].sort();
  }

  /** Every route with who may call it, for the matrix of who may what. */
  rules(): readonly ServedRoute[] {
    return this.served;
  }

  /** `METHOD pattern` of every route, for the inventory test. */
  all(): string[] {
    return [...this.methodsByPattern]
      .flatMap(([pattern, entry]) => [...entry.methods].map((m) => `${m} ${pattern}`))
      .sort();
  }
}

function pathOf(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)))
    .join('/');
  return new RegExp(`^${source}/?$`);
}
