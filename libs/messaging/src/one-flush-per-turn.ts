/**
 * Gathers what is to be published and sends it at the end of the present turn of the event loop. The NATS library writes to its
 * socket after every microtask that published something, and a write costs more than what is in it, here and at the
 * server, which wakes up for each: in a service that answers one request after the other a fifth of its time.
 */
export interface OneFlushPerTurn {
  add(send: () => void): void;
  /** Sends what was gathered so far. */
  flush(): void;
}

/** `failed` hears what a `send` throws; the others go out all the same. */
export function oneFlushPerTurn(failed: (error: unknown) => void): OneFlushPerTurn {
  let gathered: (() => void)[] = [];

  function flush(): void {
    const due = gathered;
    gathered = [];
    for (const send of due) {
      try {
        send();
      } catch (error) {
        failed(error);
      }
    }
  }

  return {
    add(send) {
      if (gathered.push(send) === 1) setImmediate(flush);
    },
    flush,
  };
}
