import { publicEventOf, type PublicEvent } from '@ao/contracts';
import { inTransaction, type EventReader } from '@ao/event-log';
import type { Pool } from 'pg';
import type { Deliveries, NewDelivery } from '../delivery/delivery.types';
import { FilterErrors } from './filter-errors';
import { coverOf, deliveryTo, WEBHOOK_CATEGORIES } from './webhook-match';
import { moveReplay, nextReplay, readWebhooks, type Replay } from './webhook-table';

export interface GoOnWithReplayOptions {
  readonly pool: Pool;
  readonly log: Pick<EventReader, 'read'>;
  readonly deliveries: Pick<Deliveries, 'add' | 'nudge'>;
  readonly filterFailed: (reason: string) => void;
}

/** When there is none; a new one is found that late at most. */
const IDLE_MS = 500;
/** A part adds what is due in so much time: its deliveries come evenly enough, and its transactions stay few. */
const PART_MS = 250;
const PAGE = 500;
/** Pages of a part in which nothing is covered. */
const MOST_PAGES = 10;
/** A receiver that does not keep up gets no more on top of so many. */
const MOST_PENDING = 5_000;
const CROWDED_MS = 2_000;

/**
 * Does the next part of the replay whose turn it is: its deliveries and how far it is commit together, so that a process
 * that dies in the middle loses and repeats nothing. Returns the milliseconds until the next part.
 */
export function goOnWithReplay({ pool, log, deliveries, filterFailed }: GoOnWithReplayOptions) {
  return async (): Promise<number> => {
    const added = await inTransaction(pool, async (client) => {
      const replay = await nextReplay(client);
      if (!replay) return { wait: IDLE_MS, count: 0 };
      if (replay.wait_ms > 0) return { wait: Math.min(replay.wait_ms, IDLE_MS), count: 0 };
      const [webhook] = await readWebhooks(client, [replay.webhook_id]);
      const { rowCount } = await client.query(
        `select 1 from notifications.deliveries where state = 'pending' and target_id = $1 limit $2`,
        [replay.webhook_id, MOST_PENDING],
      );
      if (!webhook || rowCount === MOST_PENDING) {
        await moveReplay(client, replay.replay_id, replay.position, CROWDED_MS);
        return { wait: 0, count: 0 };
      }
      const filterErrors = new FilterErrors(filterFailed);
      const failed = (reason: string) => filterErrors.add(replay.webhook_id, reason);
      const covers = coverOf(webhook);
      const part = await nextPart(replay, (event) => covers(event, failed));
      await filterErrors.write(client);
      await deliveries.add(client, part.deliveries);
      const { length: count } = part.deliveries;
      await moveReplay(client, replay.replay_id, part.position, (count * 1_000) / replay.per_second);
      return { wait: 0, count };
    });
    if (added.count > 0) deliveries.nudge();
    return added.wait;
  };

  async function nextPart(replay: Replay, covers: (event: PublicEvent) => boolean) {
    const most = Math.max(1, Math.round((replay.per_second * PART_MS) / 1_000));
    const part: NewDelivery[] = [];
    let { position } = replay;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const stretch = { after: position, upTo: replay.last_position, limit: PAGE };
      const events = await log.read({ ...stretch, categories: WEBHOOK_CATEGORIES });
      for (const event of events) {
        const told = publicEventOf(event as typeof event & { data: object });
        if (told && covers(told)) {
          part.push(deliveryTo(replay.webhook_id, told, replay.own_ids ? replay.replay_id : null));
        }
        position = event.position;
        if (part.length >= most) return { deliveries: part, position };
      }
      if (events.length < PAGE) return { deliveries: part, position: replay.last_position };
    }
    return { deliveries: part, position };
  }
}
