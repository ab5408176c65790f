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

/**
 * Beside the main one, for garbage and compiling. V8 takes four by default, and the four of one service that marks its heap
 * keep both cores of a small machine from all the others for 60 ms.
 */
const ONE_V8_THREAD = '--v8-pool-size=1';

/** Arguments for Node that run an app's main file: from source if this file is source, else as it is built. */
export function programOf(app: string, main: string): string[] {
  const file = path.resolve(__dirname, '../..', app, 'src', fromSource ? `${main}.ts` : `${main}.js`);
  // Node's own flag reads every map there is, for 10 MB in each process; this one reads those that an error asks for.
  const maps = fromSource
    ? ['-r', path.join(root, 'scripts/register.cjs'), '--enable-source-maps']
    : ['-r', require.resolve('source-map-support/register')];
  return [ONE_V8_THREAD, ...maps, file];
}
