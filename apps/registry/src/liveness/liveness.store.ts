import { isoTime } from '@ao/kernel';
import type { Pool } from 'pg';
import type { LivenessKind } from './liveness.kind';
import type { Due, NextDeadline } from './liveness.sweep';
import type { Seeded } from './liveness.view';
import { statementOf } from './sql';

/** What the sweep and the memory of a replica ask of one table of beats. */
export class LivenessStore {
  private readonly sql: Readonly<Record<'due' | 'setDeadlines' | 'deleteGone' | 'seed', string>>;

  constructor(
    private readonly pool: Pick<Pool, 'query'>,
    private readonly kind: Pick<LivenessKind<never>, 'table' | 'follower'>,
  ) {
    const { table } = kind;
    this.sql = {
      due: statementOf('due.sql', table),
      setDeadlines: statementOf('set-deadlines.sql', table),
      deleteGone: statementOf('delete-gone.sql', table),
      seed: statementOf('seed-view.sql', table),
    };
  }

  /** Those whose deadline lies before `before` (Unix milliseconds), earliest first. */
  async due(before: number, limit: number): Promise<Due[]> {
    const { rows } = await this.pool.query<Due>({
      name: `due ${this.kind.table.name}`,
      text: this.sql.due,
      values: [isoTime(before), limit],
    });
    return rows.map((row) => ({
      ...row,
      last_seen: row.last_seen === null ? null : Math.round(row.last_seen),
      deadline: Math.round(row.deadline),
    }));
  }

  async setDeadlines(deadlines: readonly NextDeadline[]): Promise<void> {
    await this.pool.query({
      name: `set deadlines ${this.kind.table.name}`,
      text: this.sql.setDeadlines,
      values: [
        deadlines.map(({ id }) => id),
        deadlines.map(({ deadline }) => isoTime(deadline)),
        deadlines.map(({ next_deadline }) => (next_deadline === null ? null : isoTime(next_deadline))),
      ],
    });
  }

  async deleteGone(ids: readonly string[]): Promise<void> {
    await this.pool.query({ name: `delete gone ${this.kind.table.name}`, text: this.sql.deleteGone, values: [ids] });
  }

  /** Everyone as the follower left them, and the position it had reached, of one moment. */
  async seed(): Promise<{ position: number; seeded: Seeded[] }> {
    // One statement, so that the rows and the checkpoint are of the same snapshot.
    const { rows } = await this.pool.query<Seeded & { position: number }>(this.sql.seed, [this.kind.follower]);
    const [first] = rows;
    return { position: first?.position ?? 0, seeded: rows.filter(({ id }) => (id as string | null) !== null) };
  }
}
