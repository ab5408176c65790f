import type { Server } from 'node:http';
import type { Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import {
  CLOCK,
  COMMAND_CLIENT,
  LIFECYCLE,
  LOGGER,
  METRICS,
  type BootOptions,
  type ConfigOf,
  type Lifecycle,
  type Logger,
} from '@ao/platform';
import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { Authentication } from './access/authentication';
import { ClientCertificates } from './access/client-certificates';
import { DoorOfApplication, type Door } from './access/door';
import { DOOR } from './access/door.provider';
import { AgentDoor } from './agent-door/agent-door';
import { CompatListeners } from './compat-listeners';
import { OpenApiDocument } from './faces/docs.controller';
import { coordinatorIsOpen, type gatewayConfig } from './gateway.config';
import { measureRequests } from './http/request-metrics';
import { SERVER_OPTIONS, createFastifyAdapter } from './http/fastify-server';
import { RouteTable } from './http/route-table';
import { AgentFinder } from './live/agent-finder';
import { EventDoor } from './live/event-door';
import { EventHub } from './live/event-hub';
import { TaskStreamDoor } from './live/task-stream.door';
import { TaskStreamHub } from './live/task-stream.hub';
import { UpgradeRouter } from './live/upgrade-router';
import { AgentDirectory } from './projections/agents/agent.directory';

type Config = ConfigOf<typeof gatewayConfig>;
type HttpFace = NonNullable<BootOptions<typeof gatewayConfig>['http']>;

/** How the gateway is served: the adapter with its rules, the sockets beside it, the ports of the documents. */
export function gatewayHttp(routes = new RouteTable()): HttpFace {
  const application = new DoorOfApplication();
  return {
    adapter: (config: Config) =>
      createFastifyAdapter({
        routes,
        coordinatorOpen: coordinatorIsOpen(config),
        get door() {
          return application.door;
        },
      }),
    port: (config) => config.PORT,
    host: (config) => config.HOST,
    configure(app) {
      application.open(app.get<Door>(DOOR));
      app.get(OpenApiDocument).describes(app);
      measureRequests(app.getHttpAdapter().getInstance() as FastifyInstance, app.get<Registry>(METRICS));
      serveSockets(app);
    },
    async listening(app, config) {
      const logger = app.get<Logger>(LOGGER);
      if (config.COORDINATOR_OPEN && !coordinatorIsOpen(config)) {
        logger.warn(`COORDINATOR_OPEN has no effect while HOST is ${config.HOST}: it holds on loopback only`);
      }
      const compat = new CompatListeners(app.getHttpServer() as Server, SERVER_OPTIONS, logger);
      await compat.listen(config.COMPAT_PORTS);
      app.get<Lifecycle>(LIFECYCLE).onDrain('ports of the documents', () => compat.close());
      if (config.AGENT_TLS_PORT !== 0) openAgentDoor(app, config, logger);
    },
  };
}

/** Not waited for: the registry may be later than we are. */
function openAgentDoor(app: INestApplication, config: Config, logger: Logger): void {
  const door = new AgentDoor({
    main: app.getHttpServer() as Server,
    server: SERVER_OPTIONS,
    ...{ port: config.AGENT_TLS_PORT, host: config.HOST, names: config.AGENT_TLS_NAMES, logger },
    authentication: app.get(Authentication),
    certificates: app.get(ClientCertificates),
    commands: app.get<CommandClient>(COMMAND_CLIENT),
    clock: app.get<Clock>(CLOCK),
  });
  door.start();
  app.get<Lifecycle>(LIFECYCLE).onDrain("agents' port", () => door.close());
}

function serveSockets(app: INestApplication): void {
  const tasks = app.get(TaskStreamHub);
  const finder = app.get(AgentFinder);
  const lifecycle = app.get<Lifecycle>(LIFECYCLE);
  const logger = app.get<Logger>(LOGGER);
  const door = app.get<Door>(DOOR);
  const onError = (error: unknown) => logger.error({ err: error }, 'a socket could not be opened');
  const taskStreams = new TaskStreamDoor({
    ...{ door, onError },
    lookUp: (agent, actor) => finder.find(agent, actor),
    enter: (agent, socket, stream) => tasks.connect(agent, socket, stream),
  });
  const events = new EventDoor({ door, hub: app.get(EventHub), agents: app.get(AgentDirectory) });
  new UpgradeRouter({
    ...{ door, onError },
    paths: [taskStreams, events],
    isDraining: () => lifecycle.draining,
  }).attach(app.getHttpServer() as Server);
}
