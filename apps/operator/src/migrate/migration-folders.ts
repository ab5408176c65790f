import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { migrationsFolder } from '@ao/event-log';
import type { MigrationInterface } from 'typeorm';

export type MigrationClass = new () => MigrationInterface;

/** The migrations of one schema, in the order they must run. */
export interface MigrationSet {
  readonly schema: string;
  readonly migrations: readonly MigrationClass[];
}

/** The gateway's own schema is named after what it holds; every other service's after the service. */
const schemaOf = (app: string) => (app === 'gateway' ? 'read_models' : app);

/** The log's migrations, then those of every app that has some. `apps` is the folder of all apps. */
export function migrationSets(apps: string): MigrationSet[] {
  const folders = readdirSync(apps, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ schema: schemaOf(entry.name), folder: path.join(apps, entry.name, 'src', 'migrations') }))
    .filter(({ folder }) => existsSync(folder))
    .sort((a, b) => (a.schema < b.schema ? -1 : 1));
  return [{ schema: 'event_log', folder: migrationsFolder }, ...folders]
    .map(({ schema, folder }) => ({ schema, migrations: migrationsIn(folder) }))
    .filter(({ migrations }) => migrations.length > 0);
}

/** Every class with an `up` that a file of the folder exports; files run in the order of their names. */
function migrationsIn(folder: string): MigrationClass[] {
  return readdirSync(folder)
    .filter((file) => /\.(ts|js)$/.test(file) && !/\.(d|spec)\.ts$/.test(file))
    .sort()
    .flatMap((file) => Object.values(require(path.join(folder, file)) as Record<string, unknown>))
    .filter(isMigration);
}

function isMigration(value: unknown): value is MigrationClass {
  return typeof value === 'function' && typeof (value.prototype as Partial<MigrationInterface>)?.up === 'function';
}
