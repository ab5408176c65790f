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
export async function migrationSets(apps: string): Promise<MigrationSet[]> {
  const folders = readdirSync(apps, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({ schema: schemaOf(entry.name), folder: path.join(apps, entry.name, 'src', 'migrations') }))
    .filter(({ folder }) => existsSync(folder))
    .sort((a, b) => (a.schema < b.schema ? -1 : 1));
  const sets: MigrationSet[] = [];
  for (const { schema, folder } of [{ schema: 'event_log', folder: migrationsFolder }, ...folders]) {
    const migrations = await migrationsIn(folder);
    if (migrations.length > 0) sets.push({ schema, migrations });
  }
  return sets;
}

/** Every class with an `up` that a file of the folder exports; files run in the order of their names. */
async function migrationsIn(folder: string): Promise<MigrationClass[]> {
  const files = readdirSync(folder).filter((file) => /\.(ts|js)$/.test(file) && !/\.(d|spec)\.ts$/.test(file));
  const modules = await Promise.all(
    files.sort().map((file) => import(path.join(folder, file)) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((module) => Object.values(module)).filter(isMigration);
}

function isMigration(value: unknown): value is MigrationClass {
  return typeof value === 'function' && typeof (value.prototype as Partial<MigrationInterface>)?.up === 'function';
}
