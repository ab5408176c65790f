import type {
  addStep,
  changeWorkflow,
  createWorkflow,
  DataOf,
  DefinitionProblem,
  deleteWorkflow,
  WorkflowDefinition,
} from '@ao/contracts';
import { derivedId, type CommandMetadata } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import type { Part, PartDependencies } from '../part';
import { whyInvalid } from './why-invalid';
import { workflowAggregate } from './workflow.decider';

export interface Workflows extends Part {
  /** `installation_id`: of the marketplace template that makes it. */
  create(
    data: DataOf<typeof createWorkflow> & { readonly installation_id?: string },
    metadata: CommandMetadata,
  ): Answer<typeof createWorkflow>;
  change(data: DataOf<typeof changeWorkflow>, metadata: CommandMetadata): Answer<typeof changeWorkflow>;
  addStep(data: DataOf<typeof addStep>, metadata: CommandMetadata): Answer<typeof addStep>;
  delete(data: DataOf<typeof deleteWorkflow>, metadata: CommandMetadata): Answer<typeof deleteWorkflow>;
  whyInvalid(definition: WorkflowDefinition): readonly DefinitionProblem[];
}

/** Definitions of workflows: every change of one is its next version. */
export function createWorkflows({ shell, config }: Pick<PartDependencies, 'shell' | 'config'>): Workflows {
  const rules = { allowPrivate: config.ALLOW_PRIVATE_WEBHOOKS };
  const aggregate = workflowAggregate(rules);
  return {
    create(data, metadata) {
      // Derived: the same command makes the same workflow.
      const workflow_id = derivedId('workflow', metadata.command_id);
      const command = { type: 'CreateWorkflow' as const, data: { ...data, workflow_id }, metadata };
      return shell.run(aggregate, workflow_id, command, { payload: data });
    },
    change: (data, metadata) => shell.run(aggregate, data.workflow_id, { type: 'ChangeWorkflow', data, metadata }),
    addStep: (data, metadata) => shell.run(aggregate, data.workflow_id, { type: 'AddStep', data, metadata }),
    delete: (data, metadata) => shell.run(aggregate, data.workflow_id, { type: 'DeleteWorkflow', data, metadata }),
    whyInvalid: (definition) => whyInvalid(definition, rules),
  };
}
