import { fetchSshd, whyNoSshd } from './sshd';

/** `npm run verify` runs this before the tests, so that SSH is tested against OpenSSH's own server where that can be had. */
try {
  fetchSshd();
  const why = whyNoSshd();
  if (why !== undefined) console.log(`○ OpenSSH server: the tests go without, ${why}`);
} catch (error) {
  console.log(`○ OpenSSH server: the tests go without, ${(error as Error).message}`);
}
