import { createPool, readSealKey, seal, startSealer } from '@ao/event-log';

/**
 * Seals the log every minute while the stack runs, and its end when it stops. Here and not in a service: the private key
 * is the installation's, and in production a job of its own holds it (`npm run audit -- seal`).
 */
export function startSealing(databaseUrl: string, keyFile: string, say: (line: string) => void) {
  const pool = createPool(databaseUrl, { applicationName: 'ao-sealer', max: 1 });
  const privateKey = readSealKey(keyFile);
  const sealer = startSealer({
    pool,
    privateKey,
    onError: (error) => say(`the log could not be sealed: ${error.message}`),
  });
  return {
    /** After the services have ended: what they appended last is sealed as well. */
    async stop(): Promise<void> {
      await sealer.stop();
      await seal(pool, privateKey).catch((error: Error) => say(`the log's end could not be sealed: ${error.message}`));
      await pool.end();
    },
    /** Without the last seal. */
    async kill(): Promise<void> {
      await sealer.stop();
      await pool.end();
    },
  };
}
