/** Of tasks that belong to nobody in particular there is one flow: they take turns with the others like one key. */
export type FairnessKey = string | undefined;

interface Round {
  /** Virtual time: the tag of the last turn. */
  time: number;
  /** Tags of those who had a turn at that time; everybody else's is the virtual time itself. */
  readonly tags: Map<FairnessKey, number>;
}

/**
 * Start-time fair queueing of equals, for each level of priority by itself: whose tag is the lowest has the next turn,
 * and then waits until everybody else who waits has had one. A key that comes back gains nothing by having been away.
 * Only the keys of the current round are remembered.
 */
export class Turns {
  private readonly rounds = new Map<number, Round>();

  tagOf(level: number, key: FairnessKey): number {
    const round = this.rounds.get(level);
    return round === undefined ? 0 : (round.tags.get(key) ?? round.time);
  }

  /** The key had a turn; returns its next tag. */
  took(level: number, key: FairnessKey): number {
    let round = this.rounds.get(level);
    if (round === undefined) this.rounds.set(level, (round = { time: 0, tags: new Map() }));
    const tag = round.tags.get(key) ?? round.time;
    if (tag > round.time) {
      // Nobody's tag is further than one ahead.
      round.time = tag;
      round.tags.clear();
    }
    round.tags.set(key, tag + 1);
    return tag + 1;
  }
}
