import { generateKeyPairSync } from 'node:crypto';
import { issueGatewayCertificate } from '@ao/contracts';
import { systemMetadata, isRejection, type Clock } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { certificateRequest } from '@ao/x509';

/** Of its life; what is left is for a registry that is away. */
const RENEW_AFTER = 2 / 3;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** What a TLS server shows and signs with, both PEM. The key was made here and goes nowhere. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface ServerCertificateOptions {
  readonly commands: Pick<CommandClient, 'send'>;
  readonly clock: Clock;
  /** Host names and addresses it is for. */
  readonly names: readonly string[];
  /** Called with the first one, and whenever there is another. */
  readonly onIssued: (identity: ServerIdentity) => void;
  /** Once per time that it cannot be had; it is asked for again until it can. */
  readonly onFailure: (error: unknown) => void;
}

/** Keeps a certificate of our authority at hand: asked for as soon as there is a registry, and again before it ends. */
export class ServerCertificate {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private failures = 0;

  constructor(private readonly options: ServerCertificateOptions) {}

  /** Waits for nothing. */
  start(): void {
    void this.renew();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async renew(): Promise<void> {
    const { onIssued, onFailure, clock } = this.options;
    let after: number;
    try {
      const { identity, expiresAt } = await this.ask();
      if (this.stopped) return;
      onIssued(identity);
      this.failures = 0;
      after = Math.max((expiresAt - clock.now()) * RENEW_AFTER, FIRST_RETRY_MS);
    } catch (error) {
      if (this.stopped) return;
      if (this.failures === 0) onFailure(error);
      after = Math.min(FIRST_RETRY_MS * 2 ** this.failures, LONGEST_RETRY_MS);
      this.failures += 1;
    }
    this.timer = setTimeout(() => void this.renew(), after).unref();
  }

  /** With a key of its own every time. */
  private async ask(): Promise<{ readonly identity: ServerIdentity; readonly expiresAt: number }> {
    const { commands, clock, names } = this.options;
    const keys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const issued = await commands.send(
      issueGatewayCertificate,
      { csr: certificateRequest(keys), names: [...names] },
      { ...systemMetadata('gateway'), deadline: clock.now() + TIMEOUT_MS, idempotent: false },
    );
    if (isRejection(issued)) throw new Error(issued.message);
    const { certificate, expires_at } = issued.result;
    const key = keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    return { identity: { cert: certificate, key }, expiresAt: Date.parse(expires_at) };
  }
}
