import { Not, type DataSource } from 'typeorm';
import type { AgentFilter } from './agent.queries';
import { AgentRow } from './agent.entity';

/** One page of agents, newest first, and how many there are. */
export async function listAgents(
  source: DataSource,
  filter: AgentFilter,
): Promise<{ rows: AgentRow[]; total: number }> {
  const query = source.getRepository(AgentRow).createQueryBuilder('agent').select(['agent.id', 'agent.document']);
  const { deploymentStatus, load, capability, agentType, limit, offset } = filter;
  if (deploymentStatus !== undefined) query.andWhere({ deploymentStatus });
  if (load !== undefined) query.andWhere({ load, deploymentStatus: Not('offline') });
  if (agentType !== undefined) query.andWhere({ agentType });
  if (capability !== undefined) query.andWhere('agent.capabilities @> array[:capability]::text[]', { capability });
  const [rows, total] = await query.orderBy('agent.id', 'DESC').take(limit).skip(offset).getManyAndCount();
  return { rows, total };
}
