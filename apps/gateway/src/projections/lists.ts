/** Everything that needs TypeORM at run time; loaded by `ReadModelLists` alone, and only when a list is asked for. */
export { listAgents } from './agents/agent.list';
export { createReadModelDataSource } from './data-source';
export { listTasks } from './tasks/task.list';
