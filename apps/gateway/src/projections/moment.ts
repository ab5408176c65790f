import type { EventReader } from '@ao/event-log';
import type { Clock } from '@ao/kernel';
import type { Moment } from '@ao/projections';
import { READ_YOUR_WRITES_MS } from '../commands/command-path';
import type { ModelPositions } from '../commands/model-positions';
import { invalidField, unavailable } from '../http/problem';

/** How new, or how old, an answer has to be. */
export class Freshness {
  constructor(
    private readonly positions: ModelPositions,
    private readonly log: Pick<EventReader, 'head'>,
    private readonly clock: Clock,
  ) {}

  /**
   * Waits (bounded) until the model, or each of several, has seen `atLeast`.
   * @throws Problem 422 for a position that does not exist yet, 503 when the model is still behind
   */
  async seen(model: string | readonly string[], atLeast: number | undefined): Promise<void> {
    if (atLeast === undefined) return;
    const behind = [model].flat().filter((name) => this.positions.positionOf(name) < atLeast);
    if (behind.length === 0) return;
    await this.refuseAhead('/query/at_least', atLeast);
    await this.waitFor(behind, atLeast);
  }

  /**
   * Waits (bounded) until the models show all that the log holds now: for what is decided by them.
   * @throws Problem 503 when one is still behind
   */
  async current(models: readonly string[]): Promise<void> {
    const head = await this.log.head();
    const behind = models.filter((name) => this.positions.positionOf(name) < head);
    await this.waitFor(behind, head);
  }

  private async waitFor(behind: readonly string[], position: number): Promise<void> {
    const reached = await Promise.all(
      behind.map((name) => this.positions.reached(name, position, READ_YOUR_WRITES_MS)),
    );
    if (reached.every(Boolean)) return;
    throw unavailable('model_behind', `The read model has not seen position ${position} yet; ask again`);
  }

  /**
   * The moment that `?as_of` names.
   * @throws Problem 422 for one that has not come yet: its answer could still change
   */
  async past(asOf: Moment): Promise<Moment> {
    if ('position' in asOf) await this.refuseAhead('/query/as_of', asOf.position);
    else if (Date.parse(asOf.time) > this.clock.now()) throw invalidField('/query/as_of', 'must not be in the future');
    return asOf;
  }

  private async refuseAhead(pointer: string, position: number): Promise<void> {
    const head = await this.log.head();
    if (position > head) throw invalidField(pointer, `must not be ahead of the log, which ends at ${head}`);
  }
}
