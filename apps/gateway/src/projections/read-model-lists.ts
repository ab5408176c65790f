import type { DataSource } from 'typeorm';
import type { AgentFilter } from './agents/agent.queries';
import type { TaskFilter } from './tasks/task.queries';

type Lists = typeof import('./lists');

/**
 * TypeORM for the queries of lists, loaded and connected when the first list is asked for: it takes memory and a pool of
 * its own, which a gateway that only takes work in and hands it out never needs.
 */
export class ReadModelLists {
  private opened: Promise<{ readonly lists: Lists; readonly source: DataSource }> | undefined;

  constructor(
    private readonly databaseUrl: string,
    private readonly onError: (error: Error) => void,
  ) {}

  async agents(filter: AgentFilter): ReturnType<Lists['listAgents']> {
    const { lists, source } = await this.open();
    return lists.listAgents(source, filter);
  }

  async tasks(filter: TaskFilter): ReturnType<Lists['listTasks']> {
    const { lists, source } = await this.open();
    return lists.listTasks(source, filter);
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined);
    await opened?.source.destroy();
  }

  private async open(): Promise<{ readonly lists: Lists; readonly source: DataSource }> {
    this.opened ??= this.connect();
    try {
      return await this.opened;
    } catch (error) {
      // The next list tries again.
      this.opened = undefined;
      throw error;
    }
  }

  private async connect(): Promise<{ readonly lists: Lists; readonly source: DataSource }> {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with this file
    const lists = require('./lists') as Lists;
    const source = await lists.createReadModelDataSource(this.databaseUrl, this.onError).initialize();
    return { lists, source };
  }
}
