import type { RecordedCapability } from '@ao/contracts';
import type { Pool } from 'pg';

/** Reads of the model `recorded_capabilities`. */
export class RecordedCapabilityQueries {
  constructor(private readonly pool: Pool) {}

  /** By name. */
  async ofAgent(agentId: string): Promise<RecordedCapability[]> {
    const { rows } = await this.pool.query<{ document: RecordedCapability }>({
      name: 'recorded_capabilities_of_agent',
      text: 'select document from read_models.recorded_capabilities where agent_id = $1 order by name',
      values: [agentId],
    });
    return rows.map(({ document }) => document);
  }
}
