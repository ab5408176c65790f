import type { EventLog, Subscriptions } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Bus, CommandClient } from '@ao/messaging';
import {
  BUS,
  CLOCK,
  COMMAND_CLIENT,
  CONFIG,
  EVENT_LOG,
  LOGGER,
  METRICS,
  POOL,
  SUBSCRIPTIONS,
  webSocketGauge,
  type ConfigOf,
  type Logger,
} from '@ao/platform';
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import type { Pool } from 'pg';
import type { Registry } from 'prom-client';
import { AccessModule } from './access/access.module';
import { SealedAddresses } from './access/addresses';
import { Authentication } from './access/authentication';
import { doorProvider } from './access/door.provider';
import { CommandPath } from './commands/command-path';
import { ModelPositions } from './commands/model-positions';
import { ModelPositionsModule } from './commands/model-positions.module';
import { a2aControllers, a2aProviders } from './faces/a2a';
import { alertControllers, alertProviders } from './faces/alerts';
import { CoordinatorAgentsController } from './faces/coordinator/agents.controller';
import { channelControllers, channelProviders } from './faces/channels';
import { breakerControllers, breakerProviders } from './faces/breakers';
import { costControllers, costProviders } from './faces/costs';
import { DocsController, OpenApiDocument } from './faces/docs.controller';
import { enrolmentControllers, enrolmentProviders } from './faces/enrolment';
import { eventControllers, eventProviders } from './faces/events';
import { discoveryControllers, discoveryProviders } from './faces/discovery';
import { identityControllers, identityProviders } from './faces/identity';
import { OperationsAgentsController } from './faces/operations/agents.controller';
import { PlatformAgentsController } from './faces/platform/agents.controller';
import { PlatformAgentManagementController } from './faces/platform/agents-management.controller';
import { SearchController } from './faces/platform/search.controller';
import { AdminWorkersController, WorkersController } from './faces/platform/workers.controller';
import { notificationRuleControllers, notificationRuleProviders } from './faces/notification-rules';
import { marketplaceControllers, marketplaceProviders } from './faces/marketplace';
import { triggerControllers, triggerProviders } from './faces/triggers';
import { monitoringControllers, monitoringProviders } from './faces/monitoring';
import { notificationControllers, notificationProviders } from './faces/notifications';
import { runControllers, runProviders } from './faces/runs';
import { approvalControllers, approvalProviders } from './faces/approvals';
import { scheduleControllers, scheduleProviders } from './faces/schedules';
import { taskControllers, taskProviders } from './faces/tasks';
import { sshControllers, sshProviders } from './faces/ssh';
import { webhookControllers, webhookProviders } from './faces/webhooks';
import { workflowControllers, workflowProviders } from './faces/workflows';
import { SystemController } from './faces/system.controller';
import type { gatewayConfig } from './gateway.config';
import { GatewayRuntime } from './gateway.runtime';
import { ProblemFilter } from './http/problem.filter';
import { ZodPipe } from './http/zod.pipe';
import { AgentFinder } from './live/agent-finder';
import { Credentials } from './live/credentials';
import { TaskStreamHub } from './live/task-stream.hub';
import { made } from './made';
import { platform } from './platform';
import { AgentDirectory } from './projections/agents/agent.directory';
import { AgentQueries } from './projections/agents/agent.queries';
import { ApiKeyUsage } from './projections/api-keys/api-key.usage';
import { Freshness } from './projections/moment';
import { ProjectionsModule } from './projections/projections.module';
import { ReadModelLists } from './projections/read-model-lists';
import { WorkerQueries } from './projections/workers/worker.queries';

type Config = ConfigOf<typeof gatewayConfig>;

const providers = [
  made(
    CommandPath,
    [COMMAND_CLIENT, ModelPositions, CLOCK, SealedAddresses, Authentication],
    (
      client: CommandClient,
      positions: ModelPositions,
      clock: Clock,
      addresses: SealedAddresses,
      authentication: Authentication,
    ) =>
      new CommandPath(client, positions, clock, {
        sealedAddress: ({ principal, address }) => addresses.sealed(principal, address),
        judgedAt: (position, timeoutMs) => authentication.reached(position, timeoutMs),
      }),
  ),
  made(
    ReadModelLists,
    [CONFIG, LOGGER],
    (config: Config, logger: Logger) =>
      new ReadModelLists(config.DATABASE_URL, (error) =>
        logger.warn({ err: error }, 'a connection to Postgres was lost'),
      ),
  ),
  made(
    AgentQueries,
    [POOL, ReadModelLists, EVENT_LOG],
    (pool: Pool, lists: ReadModelLists, log: EventLog) => new AgentQueries(pool, lists, log),
  ),
  made(WorkerQueries, [POOL, EVENT_LOG], (pool: Pool, log: EventLog) => new WorkerQueries(pool, log)),
  made(
    AgentDirectory,
    [AgentQueries, CommandPath, SUBSCRIPTIONS, EVENT_LOG],
    (agents: AgentQueries, commands: CommandPath, subscriptions: Subscriptions, log: EventLog) => {
      const directory = new AgentDirectory({ agents, commands, subscriptions, head: () => log.head() });
      // It fails only when the process stops first.
      directory.start().catch(() => undefined);
      return directory;
    },
  ),
  made(
    AgentFinder,
    [AgentDirectory, AgentQueries],
    (directory: AgentDirectory, agents: AgentQueries) => new AgentFinder(directory, agents),
  ),
  made(
    Freshness,
    [ModelPositions, EVENT_LOG, CLOCK],
    (positions: ModelPositions, log: EventLog, clock: Clock) => new Freshness(positions, log, clock),
  ),
  made(
    ApiKeyUsage,
    [POOL, CLOCK, LOGGER],
    (pool: Pool, clock: Clock, logger: Logger) =>
      new ApiKeyUsage({
        ...{ pool, clock },
        onError: (error) => logger.warn({ err: error }, 'the use of API keys could not be noted'),
      }),
  ),
  made(Credentials, [COMMAND_CLIENT], (commands: CommandClient) => new Credentials(commands)),
  made(
    TaskStreamHub,
    [BUS, COMMAND_CLIENT, CLOCK, METRICS, LOGGER],
    (bus: Bus, commands: CommandClient, clock: Clock, metrics: Registry, logger: Logger) => {
      const gauge = webSocketGauge(metrics);
      return new TaskStreamHub({
        ...{ bus, commands, clock },
        onCount: (count) => gauge.set({ kind: 'task-stream' }, count),
        onError: (error, message) => logger.error({ err: error }, message),
      });
    },
  ),
];

/** The HTTP and WebSocket side. */
@Module({
  imports: [platform, ModelPositionsModule, AccessModule],
  controllers: [
    SystemController,
    DocsController,
    CoordinatorAgentsController,
    OperationsAgentsController,
    PlatformAgentsController,
    PlatformAgentManagementController,
    SearchController,
    WorkersController,
    AdminWorkersController,
    ...identityControllers,
    ...discoveryControllers,
    ...enrolmentControllers,
    ...costControllers,
    ...breakerControllers,
    ...scheduleControllers,
    ...approvalControllers,
    ...runControllers,
    ...workflowControllers,
    ...taskControllers,
    ...monitoringControllers,
    ...sshControllers,
    ...eventControllers,
    ...notificationControllers,
    ...webhookControllers,
    ...channelControllers,
    ...notificationRuleControllers,
    ...triggerControllers,
    ...marketplaceControllers,
    ...alertControllers,
    ...a2aControllers,
  ],
  providers: [
    ...providers,
    ...identityProviders,
    ...discoveryProviders,
    ...enrolmentProviders,
    ...costProviders,
    ...breakerProviders,
    ...scheduleProviders,
    ...approvalProviders,
    ...runProviders,
    ...workflowProviders,
    ...taskProviders,
    ...monitoringProviders,
    ...sshProviders,
    ...alertProviders,
    ...eventProviders,
    ...notificationProviders,
    ...webhookProviders,
    ...channelProviders,
    ...notificationRuleProviders,
    ...triggerProviders,
    ...marketplaceProviders,
    ...a2aProviders,
    doorProvider,
    OpenApiDocument,
    GatewayRuntime,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: ZodPipe },
  ],
})
export class GatewayHttpModule {}

/** Both sides in one process. */
@Module({ imports: [GatewayHttpModule, ProjectionsModule] })
export class GatewayModule {}
