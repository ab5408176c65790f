import type { TaskStatus } from '@ao/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TaskReadModel } from './task.read-model';

/** A row of the read model `tasks`; what is written here comes from the projection alone. */
@Entity({ schema: 'read_models', name: 'tasks', synchronize: false })
export class TaskRow {
  @PrimaryColumn('text')
  id!: string;

  @Column('json')
  document!: TaskReadModel;

  @Column('text')
  status!: TaskStatus;

  @Column('integer')
  priority!: number;

  /** Of the latest assignment. */
  @Column({ name: 'agent_id', type: 'text', nullable: true })
  agentId!: string | null;

  /** The one agent that may have it, if it may not be any other. */
  @Column({ name: 'pinned_agent_id', type: 'text', nullable: true })
  pinnedAgentId!: string | null;

  /** Of the workflow's run that made it. */
  @Column({ name: 'run_id', type: 'text', nullable: true })
  runId!: string | null;

  @Column({ name: 'submitted_at', type: 'timestamptz' })
  submittedAt!: Date;
}
