import { Controller, Inject } from '@nestjs/common';
import { findAgents, type DataOf, type ResultOf } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { QueryHandler } from '@ao/messaging';
import { CapabilitiesService } from '../capability/capabilities.service';
import { AgentsService } from './agents.service';

/** Discovery's doors on NATS. */
@Controller()
export class AgentsHandlers {
  constructor(
    @Inject(AgentsService) private readonly agents: AgentsService,
    @Inject(CapabilitiesService) private readonly capabilities: CapabilitiesService,
  ) {}

  @QueryHandler(findAgents)
  find(query: DataOf<typeof findAgents>): Promise<ResultOf<typeof findAgents> | Rejection> {
    return this.agents.find(query, this.capabilities);
  }
}
