import { sqlFile } from '@ao/event-log';
import path from 'node:path';
import type { EventMetadata } from '@ao/kernel';
import type { Pool } from 'pg';

/** Positions that one request looks at, at most. */
export const AUDIT_WINDOW = 100_000;
/** Events with more data than this are listed without it; their own routes show it. */
export const MAX_DETAILS_BYTES = 16 * 1024;
/** What the log keeps of things that were not done. */
export const REFUSED_TYPES = ['AccessRefused', 'TaskCompletionRejected'] as const;

export interface AuditFilter {
  /** Id of who acted; of a refusal, whose attempt it was. */
  readonly actorId?: string;
  /** An event's type. */
  readonly action?: string;
  /** An event's category. */
  readonly objectType?: string;
  readonly objectId?: string;
  /** Inclusive. */
  readonly from?: string;
  /** Exclusive. */
  readonly to?: string;
  readonly result?: 'ok' | 'refused';
  /** Only events before this position. */
  readonly before?: number;
  readonly limit: number;
  readonly offset: number;
}

export interface AuditRow {
  readonly position: number;
  readonly stream_id: string;
  readonly category: string;
  readonly type: string;
  readonly metadata: EventMetadata;
  readonly recorded_at: Date;
  /** Null when there is too much of it. */
  readonly data: Readonly<Record<string, unknown>> | null;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Where the next page begins; null at the end. A page may be short, or empty, and still have a next one. */
  readonly nextBefore: number | null;
  /** Known only where nothing is filtered. */
  readonly total: number | undefined;
}

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', name));
const SCAN = sql('scan.sql');
const LAST_POSITION_BEFORE = sql('last-position-before.sql');

/** The audit is the log itself, read backwards; nothing is kept beside it. */
export class AuditQueries {
  constructor(
    private readonly pool: Pool,
    private readonly log: { head(): Promise<number> },
    private readonly window = AUDIT_WINDOW,
  ) {}

  async page(filter: AuditFilter): Promise<AuditPage> {
    const head = await this.log.head();
    const [lowest, highest] = await Promise.all([
      filter.from === undefined ? 0 : this.lastPositionBefore(filter.from),
      filter.to === undefined ? head : this.lastPositionBefore(filter.to),
    ]);
    const unfiltered = [filter.actorId, filter.action, filter.objectType, filter.objectId, filter.result].every(
      (value) => value === undefined,
    );
    let before = Math.min(filter.before ?? head + 1, highest + 1);
    const total = unfiltered && filter.before === undefined ? Math.max(0, highest - lowest) : undefined;
    // Positions have no gaps, so an offset among all events is a place.
    if (unfiltered) before -= filter.offset;
    // A stream has an index of its own, and nothing else needs to be looked at.
    const ofOneStream = filter.objectType !== undefined && filter.objectId !== undefined;
    const floor = ofOneStream ? lowest : Math.max(lowest, before - 1 - this.window);
    const rows = before <= lowest + 1 ? [] : await this.scan(filter, before, floor, unfiltered ? 0 : filter.offset);
    return { rows, total, nextBefore: nextBefore(rows, filter.limit, floor, lowest) };
  }

  private async scan(filter: AuditFilter, before: number, floor: number, offset: number): Promise<AuditRow[]> {
    const { objectType, objectId, action, result } = filter;
    const stream = objectType !== undefined && objectId !== undefined ? `${objectType}-${objectId}` : null;
    const refused = result === 'refused' ? REFUSED_TYPES : undefined;
    const types = action === undefined ? refused : !refused || isRefused(action) ? [action] : [];
    const { rows } = await this.pool.query<AuditRow>({
      text: SCAN,
      values: [
        ...[before, floor, stream, stream === null ? objectType : null, stream === null ? objectId : null],
        ...[types, result === 'ok' ? REFUSED_TYPES : null, filter.actorId, MAX_DETAILS_BYTES, filter.limit, offset],
      ],
    });
    return rows;
  }

  private async lastPositionBefore(time: string): Promise<number> {
    const { rows } = await this.pool.query<{ position: number }>({
      name: 'last_position_before',
      text: LAST_POSITION_BEFORE,
      values: [time],
    });
    return Number(rows[0]?.position ?? 0);
  }
}

export function isRefused(type: string): boolean {
  return (REFUSED_TYPES as readonly string[]).includes(type);
}

function nextBefore(rows: readonly AuditRow[], limit: number, floor: number, lowest: number): number | null {
  if (rows.length >= limit) return rows.at(-1)!.position > lowest + 1 ? rows.at(-1)!.position : null;
  return floor > lowest ? floor + 1 : null;
}
