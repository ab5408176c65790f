import type { SystemHealthReport } from '../../health/system.health';
import { VERSION } from '../../version';
import type { SystemHealthShown } from './health.schemas';

/** Whether it lives, for anyone who asks. */
export function presentLiveness({ status, timestamp }: SystemHealthReport): SystemHealthShown {
  return { status, service: 'agent-orchestration', version: VERSION, timestamp };
}

/** How each part of it is. */
export function presentHealth(report: SystemHealthReport): SystemHealthShown {
  const { database, messageQueue, services, figures, host } = report;
  return {
    ...presentLiveness(report),
    services: {
      database: { status: database.status, response_time: database.responseTime },
      redis: { status: 'not_configured' },
      message_queue: {
        status: messageQueue.status,
        response_time: messageQueue.responseTime,
        pending_messages: messageQueue.pending,
        parked_streams: messageQueue.parkedStreams,
      },
      ...(Object.fromEntries(services) as Omit<
        NonNullable<SystemHealthShown['services']>,
        'database' | 'redis' | 'message_queue'
      >),
    },
    metrics: {
      active_agents: figures.activeAgents,
      running_tasks: figures.runningTasks,
      completed_tasks_today: figures.completedToday,
      ...host,
    },
  };
}
