import type { Position, RecordedEvent } from './types';

/** Lifts an event's data from one schema version to the next. Pure and total over everything that version could hold. */
export type Upcaster = (data: never) => unknown;

/** For each event type the steps that exist: key 1 lifts version 1 to 2, key 2 lifts 2 to 3, and so on. */
export type UpcasterChains = Readonly<Record<string, Readonly<Record<number, Upcaster>>>>;

/** Event types with the schema version that this release writes; `allEvents` of contracts has this shape. */
export type KnownVersions = Readonly<Record<string, { readonly schemaVersion: number }>>;

export interface Upcasters {
  /** The newest schema version this release knows of the type; `undefined` for a type it has never heard of. */
  latest(type: string): number | undefined;
  /**
   * The event at the newest schema version; the same object when it is there already. Types this release does not know
   * pass as they are (folds ignore them).
   * @throws NewerSchemaError
   */
  upcast(event: RecordedEvent): RecordedEvent;
}

/** An event was written by a newer release than this one. Whoever reads it must pause and leave the work to that release. */
export class NewerSchemaError extends Error {
  constructor(
    readonly type: string,
    readonly schema_version: number,
    readonly known: number,
    readonly position: Position,
  ) {
    super(
      `event ${type} at position ${position} has schema version ${schema_version}, but this release knows versions up to ` +
        `${known}; a newer release must read it`,
    );
    this.name = 'NewerSchemaError';
  }
}

/**
 * Binds the steps of every event type into one chain per type. A chain must be whole: a step missing between 1 and the
 * newest version is an error here, at start-up, and not when the old event is met.
 * @param known what this release writes; a type that has steps but is not named counts as written one above its last step
 */
export function defineUpcasters(chains: UpcasterChains = {}, known: KnownVersions = {}): Upcasters {
  const steps = new Map<string, readonly Upcaster[]>();
  const latest = new Map<string, number>();
  for (const [type, { schemaVersion }] of Object.entries(known)) latest.set(type, schemaVersion);
  for (const [type, chain] of Object.entries(chains)) {
    const last = Math.max(0, ...Object.keys(chain).map(Number));
    if (!latest.has(type)) latest.set(type, last + 1);
  }
  for (const [type, version] of latest) {
    const chain = chains[type] ?? {};
    const whole: Upcaster[] = [];
    for (let from = 1; from < version; from += 1) {
      const step = chain[from];
      if (!step) throw new Error(`the upcaster of ${type} from schema version ${from} to ${from + 1} is missing`);
      whole.push(step);
    }
    const surplus = Object.keys(chain).find((from) => !(Number(from) >= 1 && Number(from) < version));
    if (surplus !== undefined)
      throw new Error(
        `the upcaster of ${type} from schema version ${surplus} leads past its newest version ${version}`,
      );
    steps.set(type, whole);
  }
  return {
    latest: (type) => latest.get(type),
    upcast(event) {
      const newest = latest.get(event.type);
      if (newest === undefined || event.schema_version === newest) return event;
      if (event.schema_version > newest)
        throw new NewerSchemaError(event.type, event.schema_version, newest, event.position);
      const chain = steps.get(event.type) ?? [];
      let data = event.data;
      for (let from = event.schema_version; from < newest; from += 1) data = chain[from - 1]!(data as never);
      return { ...event, data, schema_version: newest };
    },
  };
}
