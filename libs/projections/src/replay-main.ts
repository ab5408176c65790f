import { allEvents, eventUpcasters } from '@ao/contracts';
import { createEventLog, createPool, defineUpcasters, type Upcasters } from '@ao/event-log';
import type { Projection } from './projection';
import { rebuildProjection } from './rebuild-projection';

export interface ReplayOptions {
  /** Where the projections' checkpoints live. */
  readonly schema: string;
  /** Default: those of this release's contracts. */
  readonly upcasters?: Upcasters;
  /** Default: the process's arguments. */
  readonly args?: readonly string[];
  /** Of a role that owns the tables; default: MIGRATE_DATABASE_URL, else DATABASE_URL. */
  readonly databaseUrl?: string;
  readonly print?: (line: string) => void;
}

const PROGRESS_MS = 1_000;

/**
 * The whole of `npm run replay -- MODEL [MODEL …] | all`: rebuilds the models beside the live ones and switches. Resolves
 * with the exit code; failures are told in one sentence.
 */
export async function replayMain(projections: readonly Projection[], options: ReplayOptions): Promise<number> {
  const print = options.print ?? ((line: string) => void process.stdout.write(`${line}\n`));
  const names = options.args ?? process.argv.slice(2);
  const known = projections.map((projection) => projection.name);
  const chosen = names.includes('all') ? known : names;
  const unknown = chosen.find((name) => !known.includes(name));
  if (chosen.length === 0 || unknown !== undefined) {
    print(
      `${unknown === undefined ? 'Name the model to rebuild' : `There is no model '${unknown}'`}: ${known.join(', ')}, or all.`,
    );
    return 2;
  }
  const databaseUrl = options.databaseUrl ?? process.env.MIGRATE_DATABASE_URL ?? process.env.DATABASE_URL;
  if (!databaseUrl) {
    print('Set MIGRATE_DATABASE_URL to the database, as a role that owns the read models.');
    return 2;
  }
  const pool = createPool(databaseUrl, { applicationName: 'ao-replay', max: 4 });
  const log = createEventLog({ pool, upcasters: options.upcasters ?? defineUpcasters(eventUpcasters, allEvents) });
  try {
    for (const projection of projections) {
      if (!chosen.includes(projection.name)) continue;
      let told = performance.now();
      const rebuilt = await rebuildProjection(projection, {
        pool,
        log,
        schema: options.schema,
        onProgress(position, head) {
          if (performance.now() - told < PROGRESS_MS) return;
          told = performance.now();
          print(`${projection.name}: position ${position} of ${head}`);
        },
      });
      const rate = Math.round(rebuilt.events / Math.max(rebuilt.seconds, 0.001));
      print(
        `${projection.name}: rebuilt up to position ${rebuilt.position} from ${rebuilt.events} events ` +
          `in ${rebuilt.seconds.toFixed(1)} s (${rate} events/s), switched`,
      );
    }
    return 0;
  } catch (error) {
    print(`The read model was not rebuilt, the live one is untouched: ${(error as Error).message}`);
    return 1;
  } finally {
    await log.close();
    await pool.end();
  }
}
