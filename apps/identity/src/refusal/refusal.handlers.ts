import { Controller, Inject } from '@nestjs/common';
import { recordRefusals, type DataOf } from '@ao/contracts';
import { CommandHandler, done, type Answer } from '@ao/messaging';
import { REFUSALS } from './refusal.tokens';
import type { Refusals } from './refusals';

/** What gateways refused; counted on, written a moment later. */
@Controller()
export class RefusalHandlers {
  constructor(@Inject(REFUSALS) private readonly refusals: Refusals) {}

  @CommandHandler(recordRefusals)
  async record({ refusals }: DataOf<typeof recordRefusals>): Answer<typeof recordRefusals> {
    for (const { first_at, last_at, ...refusal } of refusals)
      this.refusals.record({ ...refusal, first_at: Date.parse(first_at), last_at: Date.parse(last_at) });
    return done({ recorded: refusals.length });
  }
}
