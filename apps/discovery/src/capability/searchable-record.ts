import type { CapabilityDocument } from '@ao/contracts';
import type { SearchableCapability } from '../search/capability-search';

/** A record in the words of the search, without a second copy of it. */
export class SearchableRecord implements SearchableCapability {
  constructor(private readonly record: CapabilityDocument) {}

  get id(): string {
    return this.record.capability_id;
  }
  get agent_id(): string {
    return this.record.agent_id;
  }
  get name(): string {
    return this.record.name;
  }
  get metadata(): Readonly<Record<string, unknown>> {
    return this.record.metadata;
  }
  get groups(): readonly string[] {
    return this.record.groups;
  }
}
