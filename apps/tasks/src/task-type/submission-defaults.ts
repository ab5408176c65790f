import {
  DEFAULT_SETTINGS,
  RetryPolicy,
  evolveSettings,
  evolveTaskType,
  priorityValue,
  type CompleteOrder,
  type SettingValues,
  type SettingsEvent,
  type TaskOrder,
  type TaskTypeDocument,
  type TaskTypeEvent,
} from '@ao/contracts';
import type {
  EventReader,
  LocalSubscription,
  Position,
  RecordedEvent,
  RunningLocal,
  Subscriptions,
} from '@ao/event-log';

const CATEGORIES = ['settings', 'tasktype'] as const;
const PAGE = 10_000;
const RETRY = RetryPolicy.parse({});
const PRIORITY = priorityValue('normal');

/**
 * What a submission that does not say is like: as its type says, else as the settings say, else as everywhere. In memory in
 * every replica, from the few events that there are of both; so every face, schedule and SDK submits by the same.
 */
export class SubmissionDefaults {
  private readonly types = new Map<string, TaskTypeDocument>();
  private settings: SettingValues = DEFAULT_SETTINGS;
  private running: RunningLocal | undefined;

  /** Resolves once the defaults of now are known. */
  async follow(subscriptions: Subscriptions, log: Pick<EventReader, 'read' | 'head'>): Promise<void> {
    this.running = await subscriptions.local(this.subscription(log));
  }

  /** Waits until what was written at `position` is in force here, at most `timeoutMs`. Never rejects. */
  async reached(position: Position, timeoutMs: number): Promise<void> {
    await this.running?.reached(position, timeoutMs).catch(() => undefined);
  }

  apply(event: Pick<RecordedEvent, 'category' | 'type' | 'data'>): void {
    if (event.category === 'settings') {
      this.settings = evolveSettings(this.settings, event as unknown as SettingsEvent);
      return;
    }
    const taskTypeEvent = event as unknown as TaskTypeEvent;
    const { type } = taskTypeEvent.data;
    const after = evolveTaskType(this.types.get(type), taskTypeEvent);
    if (after) this.types.set(type, after);
    else this.types.delete(type);
  }

  /** The order with all that it does not say. */
  complete(order: TaskOrder): CompleteOrder {
    const type = this.types.get(order.type);
    const on_agent_lost = order.on_agent_lost ?? type?.on_agent_lost;
    return {
      ...order,
      priority: order.priority ?? type?.priority ?? PRIORITY,
      retry: { ...RETRY, ...type?.retry, ...order.retry },
      lease_seconds: order.lease_seconds ?? type?.lease_seconds ?? this.settings['tasks.lease_seconds'],
      ...(on_agent_lost !== undefined && { on_agent_lost }),
    };
  }

  private subscription(log: Pick<EventReader, 'read' | 'head'>): LocalSubscription {
    return {
      name: 'submission-defaults',
      categories: CATEGORIES,
      seed: async () => {
        const upTo = await log.head();
        this.types.clear();
        this.settings = DEFAULT_SETTINGS;
        for (let after = 0; ;) {
          const events = await log.read({ after, upTo, categories: CATEGORIES, limit: PAGE });
          for (const event of events) this.apply(event);
          if (events.length < PAGE) return upTo;
          after = events.at(-1)!.position;
        }
      },
      handle: (events) => {
        for (const event of events) this.apply(event);
      },
    };
  }
}
