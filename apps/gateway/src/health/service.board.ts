import { ServiceStatus } from '@ao/contracts';
import { SERVICE_STATUS, SERVICE_STATUS_WANTED, type Bus, type BusSubscription } from '@ao/messaging';

/** Every process says how it is every 5 s: who was not heard three times is gone. */
const SILENT_AFTER_MS = 15_000;

/** A process, as it was heard last. Milliseconds of a monotonic clock. */
export interface HeardProcess {
  readonly status: ServiceStatus;
  readonly heardAt: number;
}

/** What was heard since somebody asked: a process that has not answered says nothing of how it is now. */
export interface Answers {
  readonly askedAt: number;
  readonly processes: readonly HeardProcess[];
}

/** The processes of the installation by their own words. Every replica hears all of them, and can ask for them. */
export class ServiceBoard {
  private readonly processes = new Map<string, HeardProcess>();
  private readonly listeners = new Set<() => void>();
  private subscription: BusSubscription | undefined;

  constructor(
    private readonly bus: Pick<Bus, 'publish' | 'subscribe'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async start(): Promise<void> {
    this.subscription = await this.bus.subscribe(SERVICE_STATUS, (body) => {
      const status = ServiceStatus.safeParse(body);
      if (status.success) this.heard(status.data);
    });
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  /** Asks every process how it is; resolves once those `expected` and those known have answered, or when the time is over. */
  async ask(expected: readonly string[], timeoutMs: number): Promise<Answers> {
    const askedAt = this.now();
    const answered = () => {
      const processes = [...this.processes.values()];
      const fresh = new Set(processes.filter(({ heardAt }) => heardAt >= askedAt).map(({ status }) => status.service));
      return processes.every(({ heardAt }) => heardAt >= askedAt) && expected.every((service) => fresh.has(service));
    };
    if (this.bus.publish(SERVICE_STATUS_WANTED, {}) && !answered()) await this.heardUntil(answered, timeoutMs);
    for (const [id, { heardAt }] of this.processes) {
      if (this.now() - heardAt > SILENT_AFTER_MS) this.processes.delete(id);
    }
    return { askedAt, processes: [...this.processes.values()] };
  }

  private heard(status: ServiceStatus): void {
    if (status.stopping) this.processes.delete(status.instance_id);
    else this.processes.set(status.instance_id, { status, heardAt: this.now() });
    for (const listener of this.listeners) listener();
  }

  private heardUntil(enough: () => boolean, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.listeners.delete(listener);
        resolve();
      };
      const listener = () => {
        if (enough()) end();
      };
      const timer = setTimeout(end, timeoutMs);
      this.listeners.add(listener);
    });
  }
}
