import type { FastifyInstance } from 'fastify';

/** The routes served, to tell a wrong method (405 with Allow) from a wrong path (404): the router itself only says no. */
export class RouteTable {
  private readonly methodsByPattern = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();

  /** Learns every route that is registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) this.add(method, route.url);
    });
  }

  add(method: string, pattern: string): void {
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
