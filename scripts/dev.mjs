/**
 * `npm run dev`: the stack, and after each change of a source file a build of what changed and a restart of the
 * services it concerns. A build that fails leaves the running services alone.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { watch } from 'chokidar';
import { build, root, SOURCES } from './build.mjs';

const SERVICES = ['identity', 'registry', 'discovery', 'tasks', 'notifications', 'workflows', 'gateway'];
const SETTLE_MS = 150;

let launcher = start();
let building = Promise.resolve();
let timer;

const watcher = watch(
  SOURCES.map((folder) => path.join(root, folder)),
  { ignoreInitial: true, ignored: (file) => /node_modules|\/dist(\/|$)|\.spec\.ts$|\.tsbuildinfo$/.test(file) },
);
watcher.on('all', () => {
  clearTimeout(timer);
  timer = setTimeout(() => (building = building.then(rebuild)), SETTLE_MS);
});

async function rebuild() {
  let changed;
  try {
    changed = await build();
  } catch (error) {
    console.error(error.message);
    return;
  }
  const own = changed.some((file) => /^(apps\/launcher|libs\/embedded|apps\/operator)\/|\/migrations\//.test(file));
  if (own) {
    // Its next start migrates and runs the new code; Ctrl-C's way, so nothing is lost.
    launcher.removeAllListeners('exit');
    const gone = new Promise((resolve) => launcher.once('exit', resolve));
    launcher.kill('SIGTERM');
    await gone;
    launcher = start();
    return;
  }
  const names = new Set(changed.flatMap(concerned));
  if (names.size > 0 && launcher.connected) launcher.send({ restart: [...names] });
}

function concerned(file) {
  const app = /^apps\/([^/]+)\//.exec(file)?.[1];
  if (app) return SERVICES.includes(app) ? [app] : [];
  return file.startsWith('libs/') ? SERVICES : [];
}

function start() {
  const child = spawn(
    process.execPath,
    ['-r', 'source-map-support/register', path.join(root, 'dist/apps/launcher/src/main.js')],
    {
      cwd: root,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { NODE_ENV: 'development', ...process.env },
    },
  );
  child.once('exit', (code) => process.exit(code ?? 1));
  return child;
}

// Ctrl-C reaches the launcher by itself; this process ends when it has.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT') launcher.kill('SIGTERM');
  });
}
