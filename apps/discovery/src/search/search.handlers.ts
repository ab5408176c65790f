import { searchCapabilities, type DataOf, type ResultOf } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { QueryHandler } from '@ao/messaging';
import { Controller, Inject } from '@nestjs/common';
import { CapabilitySearch } from './capability-search';

/** The door of the search on NATS. */
@Controller()
export class SearchHandlers {
  constructor(@Inject(CapabilitySearch) private readonly capabilities: CapabilitySearch) {}

  @QueryHandler(searchCapabilities)
  search(query: DataOf<typeof searchCapabilities>): Promise<ResultOf<typeof searchCapabilities> | Rejection> {
    return this.capabilities.search(query);
  }
}
