import type { DataSource } from 'typeorm';
import { TaskRow } from './task.entity';
import type { TaskFilter } from './task.queries';

/** Counting stops here: an exact total of millions is worth less than the answer's speed. */
export const MAX_COUNTED = 10_000;

/** One page of tasks, newest first, and how many there are, counted to MAX_COUNTED at most. */
export async function listTasks(source: DataSource, filter: TaskFilter): Promise<{ rows: TaskRow[]; total: number }> {
  const { status, agentId, priority, limit, offset } = filter;
  const query = source.getRepository(TaskRow).createQueryBuilder('task').select(['task.id', 'task.document']);
  if (status !== undefined) query.andWhere({ status });
  if (agentId !== undefined) query.andWhere({ agentId });
  if (priority) query.andWhere('task.priority between :lowest and :highest', priority);
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
