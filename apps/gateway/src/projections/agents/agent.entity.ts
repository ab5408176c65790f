import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AgentReadModel } from './agent.read-model';

/** A row of the read model `agents`; what is written here comes from the projection alone. */
@Entity({ schema: 'read_models', name: 'agents', synchronize: false })
export class AgentRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('json')
  document!: AgentReadModel;

  @Column({ name: 'external_id', type: 'text', nullable: true })
  externalId!: string | null;

  @Column({ name: 'agent_type', type: 'text' })
  agentType!: string;

  @Column({ name: 'deployment_status', type: 'text' })
  deploymentStatus!: string;

  @Column('text')
  load!: string;

  @Column('text')
  lifecycle!: string;

  @Column({ name: 'operations_status', type: 'text' })
  operationsStatus!: string;

  /** What it is for, or else its type. */
  @Column('text')
  role!: string;

  /** Of its profile, and registered for it. */
  @Column('text', { array: true })
  capabilities!: string[];
}
