import type { Clock } from '@ao/kernel';
import type { Bus } from '@ao/messaging';
import { BUS, CLOCK, CONFIG, POOL } from '@ao/platform';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Pool } from 'pg';
import type { GatewayConfig } from '../gateway.config';
import { ServiceBoard } from '../health/service.board';
import { SystemHealth } from '../health/system.health';
import { made } from '../made';
import { AgentQueries } from '../projections/agents/agent.queries';
import { MetricQueries } from '../projections/metrics/metric.queries';
import { TaskQueries } from '../projections/tasks/task.queries';
import { OperationsHealthController } from './operations/health.controller';
import { OperationsMetricsController } from './operations/metrics.controller';

@Injectable()
class ServiceBoardRuntime implements OnApplicationBootstrap, OnModuleDestroy {
  constructor(private readonly board: ServiceBoard) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.board.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.board.stop();
  }
}

/** The routes that say how the system is and how it went. */
export const monitoringControllers = [OperationsHealthController, OperationsMetricsController];

export const monitoringProviders = [
  made(ServiceBoard, [BUS], (bus: Bus) => new ServiceBoard(bus)),
  made(MetricQueries, [POOL], (pool: Pool) => new MetricQueries(pool)),
  made(
    SystemHealth,
    [POOL, BUS, ServiceBoard, AgentQueries, TaskQueries, MetricQueries, CLOCK, CONFIG],
    (
      ...[pool, bus, board, agents, tasks, metrics, clock, config]: [
        Pool,
        Bus,
        ServiceBoard,
        AgentQueries,
        TaskQueries,
        MetricQueries,
        Clock,
        GatewayConfig,
      ]
    ) => new SystemHealth({ pool, bus, board, agents, tasks, metrics, clock, dataFolder: config.DATA_DIR }),
  ),
  ServiceBoardRuntime,
];
