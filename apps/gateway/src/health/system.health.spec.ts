import { statisticsFrom } from '../projections/tasks/task.statistics';
import { SystemHealth, type HealthSources } from './system.health';

const never = () => new Promise<never>(() => undefined);

function sources(changes: Partial<HealthSources> = {}) {
  const asked = { database: 0, services: 0 };
  const of: HealthSources = {
    pool: {
      query: (() => {
        asked.database += 1;
        return Promise.resolve({ rows: [] });
      }) as never,
    },
    bus: { isConnected: () => true, flush: () => Promise.resolve(true) },
    board: {
      ask: () => {
        asked.services += 1;
        return Promise.resolve({ askedAt: 0, processes: [] });
      },
    },
    agents: { countActive: () => Promise.resolve(3) },
    tasks: {
      statistics: () => Promise.resolve(statisticsFrom({ 'tasks.running.high': 2, 'tasks.input_required.low': 1 })),
    },
    metrics: { today: () => Promise.resolve(new Map([['completed', 7]])) },
    clock: { now: () => 0 },
    dataFolder: __dirname,
    ...changes,
  };
  return { of, asked };
}

describe('how the system is', () => {
  it('should ask its parts once for however many want to know at once', async () => {
    const { of, asked } = sources();
    const health = new SystemHealth(of);
    const reports = await Promise.all(Array.from({ length: 100 }, () => health.now()));
    expect(new Set(reports).size).toBe(1);
    expect(asked).toEqual({ database: 1, services: 1 });
  });

  it('should tell figures of now, and null of those that cannot be read', async () => {
    const { figures } = await new SystemHealth(sources().of).now();
    expect(figures).toEqual({ activeAgents: 3, runningTasks: 3, completedToday: 7 });
    const lost = { countActive: () => Promise.reject(new Error('gone')) };
    const report = await new SystemHealth(sources({ agents: lost }).of).now();
    expect(report.figures).toEqual({ activeAgents: null, runningTasks: 3, completedToday: 7 });
  });

  it('should be unhealthy when the database fails, or does not answer in time, and read nothing from it then', async () => {
    for (const query of [() => Promise.reject(new Error('refused')), never]) {
      const { of } = sources({ pool: { query: query as never }, agents: { countActive: never } });
      const { status, database, figures } = await new SystemHealth(of).now();
      expect([status, database]).toEqual(['unhealthy', { status: 'unhealthy', responseTime: null }]);
      expect(figures).toEqual({ activeAgents: null, runningTasks: null, completedToday: null });
    }
  });

  it('should be unhealthy without the message queue', async () => {
    for (const bus of [
      { isConnected: () => false, flush: never },
      { isConnected: () => true, flush: () => Promise.resolve(false) },
      { isConnected: () => true, flush: never },
    ]) {
      const { status, messageQueue } = await new SystemHealth(sources({ bus }).of).now();
      expect([status, messageQueue]).toMatchObject(['unhealthy', { status: 'unhealthy', responseTime: null }]);
    }
  });

  it('should be degraded without services, and tell of a disk that cannot be read nothing', async () => {
    const { of } = sources({ dataFolder: '/there/is/no/such/folder' });
    const { status, host } = await new SystemHealth(of).now();
    expect(status).toBe('degraded');
    expect(host).toEqual({
      ...{ disk_usage: null, system_load: expect.any(Number) as number, memory_usage: expect.any(Number) as number },
    });
  });
});
