import { revealSecret, type SshConnectionDocument } from '@ao/contracts';
import { isRejection, newId, type CommandMetadata } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import { utils } from 'ssh2';
import { SshFailure } from './ssh-failure';
import type { SshCredential } from './ssh-session';

/**
 * What a connection logs in with, from the vault: asked for each time, in the name of whoever uses the connection, so that
 * each use is an entry of the audit, and kept for that one login alone.
 */
export class SshCredentials {
  constructor(private readonly commands: Pick<CommandClient, 'send'>) {}

  /** `asked`: of the command that uses it. @throws SshFailure */
  async of(
    connection: Pick<SshConnectionDocument, 'auth_method' | 'secret_id' | 'passphrase_secret_id'>,
    asked: Omit<CommandMetadata, 'command_id'>,
  ): Promise<SshCredential> {
    const { auth_method, secret_id, passphrase_secret_id } = connection;
    if (secret_id === null) throw new SshFailure('credential_missing', 'The connection names no secret to log in with');
    const value = await this.value(secret_id, asked);
    if (auth_method === 'password') return { password: value };
    if (passphrase_secret_id === null) return usable({ privateKey: value });
    return usable({ privateKey: value, passphrase: await this.value(passphrase_secret_id, asked) });
  }

  private async value(secret_id: string, asked: Omit<CommandMetadata, 'command_id'>): Promise<string> {
    const { deadline: _past, ...metadata } = { ...asked, command_id: newId(), idempotent: false };
    const revealed = await this.commands.send(revealSecret, { secret_id }, metadata);
    if (!isRejection(revealed)) return revealed.result.value;
    const gone = revealed.rejection === 'not_found';
    throw new SshFailure(
      'credential_unavailable',
      gone ? 'The vault has no such secret (any more)' : 'The vault cannot be asked now',
    );
  }
}

/** The library's own words may quote the key, so they go nowhere. */
function usable(credential: { privateKey: string; passphrase?: string }): SshCredential {
  const key = utils.parseKey(credential.privateKey, credential.passphrase);
  const [parsed] = Array.isArray(key) ? key : [key];
  if (!(parsed instanceof Error) && parsed?.isPrivateKey()) return credential;
  throw new SshFailure('credential_invalid', 'The secret holds no private key that its passphrase opens');
}
