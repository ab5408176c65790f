import { createSecret, deleteSecret, revealSecret, rotateSecret } from '@ao/contracts';
import { systemMetadata, derivedId, isRejection, newId, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';

/** Where a value is. */
export interface SecretPlace {
  readonly secret_id: string;
  readonly secret_version: number;
}

/** Without an id: of what may be done again and again. */
export type Asked = Omit<CommandMetadata, 'command_id'>;

export interface KeptSecretsTerms {
  /** The service that asks. */
  readonly service: string;
  /** The category in the vault, and what names and ids of commands begin with. */
  readonly owner: 'channel' | 'webhook' | 'trigger';
  readonly description: string;
}

/** Opened values that are kept in memory, and how long: each opening is an entry of the audit. */
const MOST_OPENED = 2_000;
const OPENED_FOR_MS = 5 * 60_000;

/**
 * What the vault keeps for channels, for webhooks, or for triggers: each has one secret, and each change makes a version of it. A version
 * never changes, so what was opened need not be dropped when its owner changes: its events name another one from then on.
 */
export class KeptSecrets {
  private readonly opened = new Map<string, { readonly value: Promise<string | Rejection>; readonly until: number }>();

  constructor(
    private readonly commands: Pick<CommandClient, 'send'>,
    private readonly terms: KeptSecretsTerms,
  ) {}

  /** The id of a command to the vault, by what leads to it. */
  commandOf(...causes: readonly (string | number)[]): string {
    return derivedId(`${this.terms.owner}-secret`, ...causes);
  }

  /** Which secret a creation makes: identity derives it from the command, so that the same command makes the same. */
  secretOf(commandId: string): string {
    return derivedId('secret', this.commandOf(commandId));
  }

  /** `asked`: of the command that creates the owner; its repetition finds the same secret. */
  async create(ownerId: string, value: string, asked: CommandMetadata): Promise<SecretPlace | Rejection> {
    const { owner, description } = this.terms;
    const secret = { name: `${owner}/${ownerId}`, value, category: owner, description, expires_at: null };
    const metadata = { ...asked, command_id: this.commandOf(asked.command_id), idempotent: true };
    const created = await this.commands.send(createSecret, secret, metadata);
    if (isRejection(created)) return created;
    const { secret_id } = created.result;
    if (secret_id !== this.secretOf(asked.command_id))
      throw new Error('identity derives the ids of secrets in another way');
    return { secret_id, secret_version: 1 };
  }

  /** `metadata`: of the command to the vault. */
  async rotate(secret_id: string, value: string, metadata: CommandMetadata): Promise<SecretPlace | Rejection> {
    const rotated = await this.commands.send(rotateSecret, { secret_id, value }, metadata);
    return isRejection(rotated) ? rotated : { secret_id, secret_version: rotated.result.version };
  }

  /** In the name of whoever needs it. Who asks while it is being opened waits for the same answer. */
  async open({ secret_id, secret_version }: SecretPlace, asked: Asked): Promise<string | Rejection> {
    const key = `${secret_id}:${secret_version}`;
    const known = this.opened.get(key);
    if (known && known.until > performance.now()) return known.value;
    const value = this.reveal(secret_id, secret_version, asked);
    this.opened.delete(key);
    this.opened.set(key, { value, until: performance.now() + OPENED_FOR_MS });
    const [oldest] = this.opened.keys();
    if (this.opened.size > MOST_OPENED && oldest !== undefined) this.opened.delete(oldest);
    try {
      const opened = await value;
      if (isRejection(opened)) this.opened.delete(key);
      return opened;
    } catch (error) {
      this.opened.delete(key);
      throw error;
    }
  }

  /** Nothing if it is gone already. @throws Error when the vault cannot be asked now */
  async forget(secret_id: string): Promise<void> {
    const metadata = systemMetadata(this.terms.service, derivedId(`${this.terms.owner}-secret-gone`, secret_id));
    const deleted = await this.commands.send(deleteSecret, { secret_id }, metadata);
    if (isRejection(deleted) && deleted.rejection !== 'not_found')
      throw new Error(`the vault does not delete secret '${secret_id}': ${deleted.code}`);
    for (const key of this.opened.keys()) if (key.startsWith(`${secret_id}:`)) this.opened.delete(key);
  }

  private async reveal(secret_id: string, version: number, asked: Asked): Promise<string | Rejection> {
    const metadata = { ...asked, command_id: newId(), idempotent: false };
    const revealed = await this.commands.send(revealSecret, { secret_id, version }, metadata);
    return isRejection(revealed) ? revealed : revealed.result.value;
  }
}
