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

  @Column({ name: 'agent_id', type: 'text', nullable: true })
  agentId!: string | null;
}
