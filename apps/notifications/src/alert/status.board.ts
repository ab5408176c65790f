import type { ServiceStatus } from '@ao/contracts';

/** A process of a service as it was heard. Times are milliseconds of a monotonic clock. */
export interface Instance {
  readonly service: string;
  readonly instance_id: string;
  readonly first_heard: number;
  readonly heard_at: number;
  /** Null while it is ready. */
  readonly not_ready_since: number | null;
  readonly checks: readonly string[];
  readonly subscriptions: ServiceStatus['subscriptions'];
}

/**
 * What services say of themselves. Every replica hears it, so that one that takes over knows what the other knew; silence
 * counts from the moment on from which everything was heard.
 */
export class StatusBoard {
  private readonly instances = new Map<string, Instance>();
  private readonly expectedServices = new Set<string>();
  /** Since when nothing that was said went past here. */
  listeningSince: number;
  readonly startedAt: number;

  constructor(now: number) {
    this.startedAt = this.listeningSince = now;
  }

  heard({ service, instance_id, ready, stopping, failing, subscriptions }: ServiceStatus, now: number): void {
    const known = this.instances.get(instance_id);
    if (stopping) {
      this.instances.delete(instance_id);
      // The last of them was asked to end: nothing is expected of the service until it is heard again.
      if (this.of(service).length === 0) this.expectedServices.delete(service);
      return;
    }
    this.expectedServices.add(service);
    this.instances.set(instance_id, {
      ...{ service, instance_id, subscriptions, heard_at: now },
      first_heard: known?.first_heard ?? now,
      not_ready_since: ready ? null : (known?.not_ready_since ?? now),
      checks: failing.map(({ check }) => check),
    });
  }

  /** Something may not have been heard: silence and trouble count from now. */
  interrupted(now: number): void {
    this.listeningSince = now;
  }

  /** Services that were heard before this process began, and did not say that they stop. */
  expect(services: Iterable<string>): void {
    for (const service of services) this.expectedServices.add(service);
  }

  get expected(): ReadonlySet<string> {
    return this.expectedServices;
  }

  of(service: string): Instance[] {
    return [...this.instances.values()].filter((instance) => instance.service === service);
  }

  all(): Instance[] {
    return [...this.instances.values()];
  }

  /** Those that will not be heard again. */
  forget(instances: Iterable<Instance>): void {
    for (const { instance_id } of instances) this.instances.delete(instance_id);
  }
}
