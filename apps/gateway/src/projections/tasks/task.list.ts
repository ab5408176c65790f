import { Brackets, In, type DataSource } from 'typeorm';
import { TaskRow } from './task.entity';
import { MAX_COUNTED, type TaskFilter } from './task.queries';

/** One page of tasks, newest first, and how many there are, counted to MAX_COUNTED at most. */
export async function listTasks(source: DataSource, filter: TaskFilter): Promise<{ rows: TaskRow[]; total: number }> {
  const { statuses, agentId, runId, priority, submitted, limit, offset } = filter;
  const query = source.getRepository(TaskRow).createQueryBuilder('task').select(['task.id', 'task.document']);
  if (statuses) query.andWhere({ status: statuses.length === 1 ? statuses[0] : In([...statuses]) });
  if (agentId !== undefined) {
    // Two conditions for two indexes.
    query.andWhere(
      new Brackets((either) =>
        either
          .where('task.agentId = :agentId', { agentId })
          .orWhere('(task.agentId is null and task.pinnedAgentId = :agentId)'),
      ),
    );
  }
  if (runId !== undefined) query.andWhere('task.runId = :runId', { runId });
  if (priority) query.andWhere('task.priority between :lowest and :highest', priority);
  if (submitted?.after) query.andWhere('task.submittedAt > :after', { after: submitted.after });
  if (submitted?.before) query.andWhere('task.submittedAt < :before', { before: submitted.before });
  const counted = query.clone().select('1').limit(MAX_COUNTED);
  const [rows, [count]] = await Promise.all([
    query.orderBy('task.id', 'DESC').limit(limit).offset(offset).getMany(),
    source
      .createQueryBuilder()
      .select('count(*)', 'total')
      .from(`(${counted.getQuery()})`, 'counted')
      .setParameters(counted.getParameters())
      .getRawMany<{ total: string }>(),
  ]);
  return { rows, total: Number(count?.total ?? 0) };
}
