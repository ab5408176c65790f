import { ServiceParts, type ServicePlatform } from '@ao/platform';
import type { Part } from './part';
import { createParts, type Parts } from './parts';
import type { WorkflowsConfig } from './workflows.config';

/** The parts of the service, for the handlers to ask. */
export class WorkflowsService {
  readonly parts: Parts;
  private readonly running: ServiceParts<WorkflowsConfig>;

  constructor(platform: ServicePlatform<WorkflowsConfig>) {
    this.running = new ServiceParts('workflows', platform);
    this.parts = createParts(this.running.dependencies);
  }

  start(): Promise<void> {
    return this.running.start(Object.values<Part>(this.parts));
  }

  stop(): Promise<void> {
    return this.running.stop();
  }
}
