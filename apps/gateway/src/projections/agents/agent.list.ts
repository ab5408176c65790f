import { Not, type DataSource, type SelectQueryBuilder } from 'typeorm';
import type { AgentFilter } from './agent.queries';
import { AgentRow } from './agent.entity';

/** One page of the agents there are, newest first, and how many there are. */
export async function listAgents(
  source: DataSource,
  filter: AgentFilter,
): Promise<{ rows: AgentRow[]; total: number }> {
  const query = source.getRepository(AgentRow).createQueryBuilder('agent').select(['agent.id', 'agent.document']);
  const { status, capability, agentType, role, limit, offset } = filter;
  query.andWhere({ lifecycle: Not('deleted') });
  if (status) STATUS[status.of](query, status.word);
  if (agentType !== undefined) query.andWhere({ agentType });
  if (role !== undefined) query.andWhere({ role });
  if (capability !== undefined) query.andWhere('agent.capabilities @> array[:capability]::text[]', { capability });
  const [rows, total] = await query.orderBy('agent.id', 'DESC').take(limit).skip(offset).getManyAndCount();
  return { rows, total };
}

type Query = SelectQueryBuilder<AgentRow>;

/** The columns know what the log tells; how healthy an agent says it is, telemetry alone. */
const SAYING = (health: string) => `agent.id in (select agent_id from telemetry.agent_liveness where health ${health})`;
const UNHEALTHY = SAYING(`in ('degraded', 'error')`);
const IN_ERROR = SAYING(`= 'error'`);

/** The words of each face, as the status map has them. */
const STATUS: Record<NonNullable<AgentFilter['status']>['of'], (query: Query, word: string) => void> = {
  operations: (query, word) => {
    query.andWhere({ operationsStatus: word === 'error' ? 'active' : word });
    if (word === 'error') query.andWhere(IN_ERROR);
    else if (word === 'active') query.andWhere(`not ${IN_ERROR}`);
  },
  deployment: (query, word) => {
    if (word === 'offline') query.andWhere({ deploymentStatus: word });
    else if (word === 'online') query.andWhere({ deploymentStatus: word }).andWhere(`not ${UNHEALTHY}`);
    else {
      query.andWhere({ deploymentStatus: Not('offline') });
      query.andWhere(`(agent.deploymentStatus = 'degraded' or ${UNHEALTHY})`);
    }
  },
  platform: (query, word) => {
    query.andWhere({ deploymentStatus: Not('offline') });
    if (word === 'error') query.andWhere(IN_ERROR);
    else query.andWhere(`not ${IN_ERROR}`).andWhere({ load: word });
  },
};
