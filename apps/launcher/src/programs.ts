import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of the repository: three levels above from source, four from dist. */
export const root = ((): string => {
  for (let folder = __dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json')) && existsSync(path.join(folder, 'apps'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`no repository above ${__dirname}`);
  }
})();

const fromSource = __filename.endsWith('.ts');

/** Arguments for Node that run an app's main file: from source if this file is source, else as it is built. */
export function programOf(app: string, main: string): string[] {
  const file = path.resolve(__dirname, '../..', app, 'src', fromSource ? `${main}.ts` : `${main}.js`);
  // Node's own flag reads every map there is, for 10 MB in each process; this one reads those that an error asks for.
  if (!fromSource) return ['-r', require.resolve('source-map-support/register'), file];
  return ['-r', path.join(root, 'scripts/register.cjs'), '--enable-source-maps', file];
}
