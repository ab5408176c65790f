import type { ApprovalDocument, DataOf, RequestApproval, ResultOf, Work } from '@ao/contracts';
import type { cancelApproval, changeApproval, decideApproval, requestApproval } from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import { derivedId, type CommandMetadata } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import { approvalAggregate, type ApprovalCommand } from './approval.decider';

export type RequestedApproval = ResultOf<typeof requestApproval>;

/** What people decide before something is done, for whoever asks and for the steps of runs. */
export class Approvals {
  constructor(private readonly shell: Pick<CommandShell, 'run'>) {}

  request(data: RequestApproval, metadata: CommandMetadata): Answer<typeof requestApproval> {
    // Derived: the same command asks for the same approval.
    const approval_id = derivedId('approval', metadata.command_id);
    return this.run('RequestApproval', approval_id, { ...data, approval_id, run: null }, metadata, data);
  }

  /** For a step of a run: as often as it is asked for, it is one approval. Rejected (`invalid`) where nobody could ever grant it. */
  requestForRun(
    { approval_id, terms, expires_seconds }: Extract<Work, { type: 'approval' }>,
    { started_by, ...run }: NonNullable<ApprovalDocument['run']> & { readonly started_by: string | null },
    metadata: CommandMetadata,
  ): Promise<CommandResult<RequestedApproval>> {
    const data = { ...terms, expires_seconds, requested_by: started_by, approval_id, run };
    return this.run('RequestApproval', approval_id, data, metadata);
  }

  /** One that has ended stays as it ended, and of one that was never asked for there is nothing to end. */
  voidApproval(
    approval_id: string,
    reason: string,
    metadata: CommandMetadata,
  ): Promise<CommandResult<{ approval_id: string; status: ApprovalDocument['status'] | null }>> {
    return this.run('VoidApproval', approval_id, { approval_id, reason }, metadata);
  }

  decide(data: DataOf<typeof decideApproval>, metadata: CommandMetadata): Answer<typeof decideApproval> {
    return this.run('CastVote', data.approval_id, data, metadata);
  }

  cancel(data: DataOf<typeof cancelApproval>, metadata: CommandMetadata): Answer<typeof cancelApproval> {
    return this.run('CancelApproval', data.approval_id, data, metadata);
  }

  change(data: DataOf<typeof changeApproval>, metadata: CommandMetadata): Answer<typeof changeApproval> {
    return this.run('ChangeApproval', data.approval_id, data, metadata);
  }

  private run<Type extends ApprovalCommand['type'], Result>(
    type: Type,
    id: string,
    data: Extract<ApprovalCommand, { type: Type }>['data'],
    metadata: CommandMetadata,
    payload: unknown = data,
  ): Promise<CommandResult<Result>> {
    return this.shell.run(approvalAggregate, id, { type, data, metadata }, { payload });
  }
}
