import { cancelApproval, changeApproval, decideApproval, requestApproval, type DataOf } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { Controller, Inject } from '@nestjs/common';
import { WorkflowsService } from '../workflows.service';

/** The doors of approvals on NATS. */
@Controller()
export class ApprovalHandlers {
  constructor(@Inject(WorkflowsService) private readonly service: WorkflowsService) {}

  @CommandHandler(requestApproval)
  request(data: DataOf<typeof requestApproval>, metadata: CommandMetadata): Answer<typeof requestApproval> {
    return this.service.parts.approvals.approvals.request(data, metadata);
  }

  @CommandHandler(decideApproval)
  decide(data: DataOf<typeof decideApproval>, metadata: CommandMetadata): Answer<typeof decideApproval> {
    return this.service.parts.approvals.approvals.decide(data, metadata);
  }

  @CommandHandler(cancelApproval)
  cancel(data: DataOf<typeof cancelApproval>, metadata: CommandMetadata): Answer<typeof cancelApproval> {
    return this.service.parts.approvals.approvals.cancel(data, metadata);
  }

  @CommandHandler(changeApproval)
  change(data: DataOf<typeof changeApproval>, metadata: CommandMetadata): Answer<typeof changeApproval> {
    return this.service.parts.approvals.approvals.change(data, metadata);
  }
}
