/** Work in lanes that take turns: what is slow in one lane holds up no other. */
export interface Lanes {
  /** At its turn. Rejects as `work` does. */
  run<T>(lane: string, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  readonly queue: (() => void)[];
  atWork: number;
}

/** @param perLane at work at the same time in one lane, and `overall` in all together */
export function createLanes(perLane: number, overall: number): Lanes {
  const lanes = new Map<string, Lane>();
  /** With something in their queue, in the order of their turns. */
  const turns = new Map<string, Lane>();
  let atWork = 0;

  function next(): void {
    for (const [name, lane] of turns) {
      if (atWork >= overall) return;
      if (lane.atWork >= perLane) continue;
      turns.delete(name);
      const begin = lane.queue.shift()!;
      if (lane.queue.length > 0) turns.set(name, lane);
      lane.atWork += 1;
      atWork += 1;
      begin();
    }
  }

  return {
    async run(name, work) {
      const lane = lanes.get(name) ?? { queue: [], atWork: 0 };
      lanes.set(name, lane);
      if (atWork < overall && lane.atWork < perLane && lane.queue.length === 0) {
        lane.atWork += 1;
        atWork += 1;
      } else {
        turns.set(name, lane);
        await new Promise<void>((begin) => lane.queue.push(begin));
      }
      try {
        return await work();
      } finally {
        lane.atWork -= 1;
        atWork -= 1;
        if (lane.atWork === 0 && lane.queue.length === 0) lanes.delete(name);
        next();
      }
    },
  };
}
