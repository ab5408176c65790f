import { DataSource } from 'typeorm';
import { AgentRow } from './agents/agent.entity';
import { TaskRow } from './tasks/task.entity';

/** TypeORM over the read models, for the queries of lists. Read only by habit: projections write, migrations change. */
export function createReadModelDataSource(databaseUrl: string, onError: (error: Error) => void): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    schema: 'read_models',
    applicationName: 'gateway-lists',
    entities: [AgentRow, TaskRow],
    synchronize: false,
    migrationsRun: false,
    poolSize: 4,
    connectTimeoutMS: 3_000,
    poolErrorHandler: onError,
    extra: { query_timeout: 10_000, statement_timeout: 10_000, keepAlive: true, keepAliveInitialDelayMillis: 5_000 },
  });
}
