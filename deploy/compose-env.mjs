/**
 * `node deploy/compose-env.mjs [FOLDER]`: what docker-compose.yml needs and nobody should choose: a password for every
 * role and NATS user, the API key, the first administrator's password, the private key that seals the log, the key that
 * seals personal data and secrets, and the one of the agents' certificate authority. FOLDER is that of the compose file, the
 * project's own unless told otherwise. Keeps what is there already.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Hexadecimal, so that each can stand in a URL and in nats-server's configuration as it is. */
const secret = () => randomBytes(24).toString('hex');

/** Each variable and how its value is made up. */
const SECRETS = {
  POSTGRES_PASSWORD: secret,
  ...Object.fromEntries(
    ['GATEWAY', 'IDENTITY', 'REGISTRY', 'DISCOVERY', 'TASKS', 'NOTIFICATIONS', 'WORKFLOWS', 'AUDITOR'].map((role) => [
      `AO_PASSWORD_AO_${role}`,
      secret,
    ]),
  ),
  // A letter first: nats-server reads a variable like any value, and a word of digits would be a number there.
  ...Object.fromEntries(
    ['GATEWAY', 'IDENTITY', 'REGISTRY', 'DISCOVERY', 'TASKS', 'NOTIFICATIONS', 'WORKFLOWS', 'OPERATOR'].map((user) => [
      `NATS_PASSWORD_${user}`,
      () => `n${secret()}`,
    ]),
  ),
  BOOTSTRAP_API_KEY: () => `ao_${secret()}`,
  BOOTSTRAP_ADMIN_PASSWORD: secret,
};

/** In .secrets/, mounted where a container needs them. */
const FILES = {
  'seal-key.pem': () => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  'sealing-keys': () => `k1:${randomBytes(32).toString('base64')}\n`,
  'ca-keys': () => `k1:${randomBytes(32).toString('base64')}\n`,
};

/** @returns the names of what was made up now */
function makeUp(folder) {
  const file = path.join(folder, '.env');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const missing = Object.keys(SECRETS).filter((name) => !new RegExp(`^${name}=.`, 'm').test(before));
  if (missing.length > 0) {
    const lines = missing.map((name) => `${name}=${SECRETS[name]()}\n`).join('');
    writeFileSync(file, `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}${lines}`, { mode: 0o600 });
    chmodSync(file, 0o600);
  }
  return [
    ...missing,
    ...Object.keys(FILES).filter((name) => makeUpFile(path.join(folder, '.secrets', name), FILES[name])),
  ];
}

/** Read by the container's user, whoever that is here; the folder keeps others of this machine out. */
function makeUpFile(file, content) {
  if (existsSync(file)) return false;
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, content(), { mode: 0o444 });
  return true;
}

const made = makeUp(path.resolve(process.argv[2] ?? path.dirname(import.meta.dirname)));
console.log(made.length > 0 ? `Made up: ${made.join(', ')}` : 'Everything is there already.');
