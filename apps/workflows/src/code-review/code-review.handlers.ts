import { commentOnCodeReview, decideCodeReview, requestCodeReview, reviseCodeReview, type DataOf } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { derivedId, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, type Answer } from '@ao/messaging';
import { COMMAND_SHELL } from '@ao/platform';
import { Controller, Inject } from '@nestjs/common';
import { codeReviewAggregate } from './code-review.decider';

/** The doors of code reviews on NATS. */
@Controller()
export class CodeReviewHandlers {
  constructor(@Inject(COMMAND_SHELL) private readonly shell: CommandShell) {}

  @CommandHandler(requestCodeReview)
  request(data: DataOf<typeof requestCodeReview>, metadata: CommandMetadata): Answer<typeof requestCodeReview> {
    // Derived: the same command asks for the same review.
    const review_id = derivedId('code-review', metadata.command_id);
    const command = { type: 'RequestCodeReview' as const, data: { ...data, review_id }, metadata };
    return this.shell.run(codeReviewAggregate, review_id, command, { payload: data });
  }

  @CommandHandler(reviseCodeReview)
  revise(data: DataOf<typeof reviseCodeReview>, metadata: CommandMetadata): Answer<typeof reviseCodeReview> {
    return this.shell.run(codeReviewAggregate, data.review_id, { type: 'ReviseCodeReview', data, metadata });
  }

  @CommandHandler(commentOnCodeReview)
  comment(data: DataOf<typeof commentOnCodeReview>, metadata: CommandMetadata): Answer<typeof commentOnCodeReview> {
    return this.shell.run(codeReviewAggregate, data.review_id, { type: 'CommentOnCodeReview', data, metadata });
  }

  @CommandHandler(decideCodeReview)
  decide(data: DataOf<typeof decideCodeReview>, metadata: CommandMetadata): Answer<typeof decideCodeReview> {
    return this.shell.run(codeReviewAggregate, data.review_id, { type: 'DecideCodeReview', data, metadata });
  }
}
