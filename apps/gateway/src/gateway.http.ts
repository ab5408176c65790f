import type { Server } from 'node:http';
import { LIFECYCLE, LOGGER, METRICS, type BootOptions, type ConfigOf, type Lifecycle, type Logger } from '@ao/platform';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { CompatListeners } from './compat-listeners';
import { OpenApiDocument } from './faces/docs.controller';
import { coordinatorIsOpen, type GatewayConfig, type gatewayConfig } from './gateway.config';
import { bootstrapKeyResolver } from './http/credentials';
import { measureRequests } from './http/request-metrics';
import { SERVER_OPTIONS, createFastifyAdapter } from './http/fastify-server';
import { RouteTable } from './http/route-table';
import { AgentFinder } from './live/agent-finder';
import { TaskStreamHub } from './live/task-stream.hub';
import { UpgradeRouter } from './live/upgrade-router';

type Config = ConfigOf<typeof gatewayConfig>;
type HttpFace = NonNullable<BootOptions<typeof gatewayConfig>['http']>;

/** How the gateway is served: the adapter with its rules, the sockets beside it, the ports of the documents. */
export function gatewayHttp(routes = new RouteTable()): HttpFace {
  return {
    adapter: (config: Config) =>
      createFastifyAdapter({
        routes,
        resolveToken: bootstrapKeyResolver(config.BOOTSTRAP_API_KEY),
        coordinatorOpen: coordinatorIsOpen(config),
      }),
    port: (config) => config.PORT,
    host: (config) => config.HOST,
    configure(app, config) {
      app.get(OpenApiDocument).describes(app);
      measureRequests(app.getHttpAdapter().getInstance() as FastifyInstance, app.get<Registry>(METRICS));
      serveTaskStreams(app, config);
    },
    async listening(app, config) {
      const logger = app.get<Logger>(LOGGER);
      if (config.COORDINATOR_OPEN && !coordinatorIsOpen(config)) {
        logger.warn(`COORDINATOR_OPEN has no effect while HOST is ${config.HOST}: it holds on loopback only`);
      }
      const compat = new CompatListeners(app.getHttpServer() as Server, SERVER_OPTIONS, logger);
      await compat.listen(config.COMPAT_PORTS);
      app.get<Lifecycle>(LIFECYCLE).onDrain('ports of the documents', () => compat.close());
    },
  };
}

function serveTaskStreams(app: INestApplication, config: GatewayConfig): void {
  const hub = app.get(TaskStreamHub);
  const finder = app.get(AgentFinder);
  const lifecycle = app.get<Lifecycle>(LIFECYCLE);
  const logger = app.get<Logger>(LOGGER);
  new UpgradeRouter({
    resolveToken: bootstrapKeyResolver(config.BOOTSTRAP_API_KEY),
    lookUp: (agent, actor) => finder.find(agent, actor),
    enter: (agent, socket) => hub.connect(agent, socket),
    isDraining: () => lifecycle.draining,
    onError: (error) => logger.error({ err: error }, 'a task stream could not be opened'),
  }).attach(app.getHttpServer() as Server);
}
