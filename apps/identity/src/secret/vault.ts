import { randomBytes } from 'node:crypto';
import {
  secretSubject,
  type DataOf,
  type ResultOf,
  type SecretEvent,
  type changeSecret,
  type createSecret,
  type deleteSecret,
  type deliverSecret,
  type revealSecret,
  type rotateSecret,
} from '@ao/contracts';
import type { CommandResult, CommandShell, EventLog, Reserved, StreamAppend } from '@ao/event-log';
import { derivedId, isRejection, reject, streamId, type Clock, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import { SubjectErasedError, type Sealer } from '@ao/sealing';
import { secretNames } from './secret-names';
import { secretAggregate } from './secret.aggregate';
import {
  NAME_CHANGED,
  unknownSecret,
  type DeliverSecretCommand,
  type RevealSecretCommand,
  type Revealed,
  type SecretCommand,
} from './secret.decider';
import type { SecretState } from './secret.state';

export interface VaultDependencies {
  readonly shell: CommandShell;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** Attempts at a unit that touches names, when others change them meanwhile. */
const ATTEMPTS = 5;
/** A revelation that is asked for again under the same command id within this time is the same one: an answer was lost. */
const SAME_REVELATION_MS = 30_000;
/** Entropy of a value that is made up. */
const MADE_UP_BYTES = 32;
/** A name in the unit has changed hands since it was looked at. */
const NAME_MOVED = 'secret_name_moved';

/**
 * The vault. A value is sealed under the secret's own key before anything else happens to it; it is in clear only in the
 * request that brings it and in the answer to `reveal`. What tells one command from another is its index, not the value.
 */
export class Vault {
  constructor(private readonly dependencies: VaultDependencies) {}

  async create(data: DataOf<typeof createSecret>, metadata: CommandMetadata): Answer<typeof createSecret> {
    const { shell } = this.dependencies;
    // Derived: the same command makes the same secret, so that its key is made once as well.
    const secret_id = derivedId('secret', metadata.command_id);
    const payload = await this.payload(data);
    return this.repeatedly(async () => {
      const { state } = await shell.state(secretAggregate, secret_id, { fresh: true });
      const name = await this.name(data.name);
      // The command was carried out before: the shell has its answer.
      const isNew = state.status === 'unknown';
      if (isNew && name.holder !== undefined && name.holder !== secret_id)
        return nameTaken('create a secret', data.name);
      const value = isNew ? await this.dependencies.sealer.seal(secretSubject(secret_id), 'secret', data.value) : null;
      const also = [secretNames.append('SecretNameReserved', { name: data.name, secret_id }, name.version)];
      const command = { type: 'CreateSecret' as const, data: { ...data, secret_id, value }, metadata };
      return shell.run(secretAggregate, secret_id, command, { also, payload, onConflict: nameMoved });
    });
  }

  async change(data: DataOf<typeof changeSecret>, metadata: CommandMetadata): Answer<typeof changeSecret> {
    const { shell } = this.dependencies;
    const { secret_id } = data;
    const payload = await this.payload(data);
    const value = data.value === undefined ? undefined : await this.sealed(secret_id, data.value);
    return this.repeatedly(async () => {
      const { state } = await shell.state(secretAggregate, secret_id, { fresh: true });
      const known_name = state.status === 'kept' ? state.name : '';
      const also: StreamAppend[] = [];
      if (state.status === 'kept' && data.name !== undefined && data.name !== known_name) {
        const [from, to] = await Promise.all([this.name(known_name), this.name(data.name)]);
        if (to.holder !== undefined && to.holder !== secret_id)
          return nameTaken(`rename secret '${secret_id}'`, data.name);
        also.push(
          secretNames.append('SecretNameReleased', { name: known_name, secret_id }, from.version),
          secretNames.append('SecretNameReserved', { name: data.name, secret_id }, to.version),
        );
      }
      const command = { type: 'ChangeSecret' as const, data: { ...data, value, known_name }, metadata };
      return shell.run(secretAggregate, secret_id, command, { also, payload, onConflict: nameMoved });
    });
  }

  async rotate(data: DataOf<typeof rotateSecret>, metadata: CommandMetadata): Answer<typeof rotateSecret> {
    const { secret_id } = data;
    const value = await this.sealed(secret_id, data.value ?? randomBytes(MADE_UP_BYTES).toString('base64url'));
    return this.dependencies.shell.run(
      secretAggregate,
      secret_id,
      { type: 'RotateSecret', data: { ...data, value }, metadata },
      { payload: await this.payload(data) },
    );
  }

  /** That it was revealed is in the log before the value is read. */
  reveal(data: DataOf<typeof revealSecret>, metadata: CommandMetadata): Answer<typeof revealSecret> {
    return this.given({ type: 'RevealSecret', data, metadata });
  }

  /** As a revelation, to an agent for its task. */
  deliver(data: DataOf<typeof deliverSecret>, metadata: CommandMetadata): Answer<typeof deliverSecret> {
    return this.given({ type: 'DeliverSecret', data, metadata });
  }

  /** First the event, then the key: what was deleted loses its key, whatever happens in between (`destroyKeyWhenErased`). */
  async delete({ secret_id }: DataOf<typeof deleteSecret>, metadata: CommandMetadata): Answer<typeof deleteSecret> {
    const { shell, sealer } = this.dependencies;
    const deleted = await this.repeatedly<ResultOf<typeof deleteSecret>>(async () => {
      const { state } = await shell.state(secretAggregate, secret_id, { fresh: true });
      const known_name = state.status === 'kept' ? state.name : '';
      const also: StreamAppend[] = [];
      if (state.status === 'kept') {
        const { version } = await this.name(known_name);
        also.push(secretNames.append('SecretNameReleased', { name: known_name, secret_id }, version));
      }
      const command = { type: 'DeleteSecret' as const, data: { secret_id, known_name }, metadata };
      return shell.run(secretAggregate, secret_id, command, { also, payload: { secret_id }, onConflict: nameMoved });
    });
    if (!isRejection(deleted)) await sealer.destroy(secretSubject(secret_id));
    return deleted;
  }

  private async given(
    command: Pick<RevealSecretCommand | DeliverSecretCommand, 'type' | 'data'> & { readonly metadata: CommandMetadata },
  ): Answer<typeof revealSecret> {
    const { shell, log, sealer, clock } = this.dependencies;
    const { secret_id } = command.data;
    const given = await shell.run<SecretState, SecretCommand, SecretEvent, Revealed>(
      secretAggregate,
      secret_id,
      command,
    );
    if (isRejection(given)) return given;
    const { version, at_version, revealed_at } = given.result;
    if (clock.now() - Date.parse(revealed_at) > SAME_REVELATION_MS)
      return reject(
        'conflict',
        'secret_already_shown',
        `Expected to reveal secret '${secret_id}', but this command did so at ${revealed_at}; ask by a new one`,
      );
    const [event] = (await log.readStream(streamId(secretAggregate.category, secret_id), {
      fromVersion: at_version,
      limit: 1,
    })) as readonly SecretEvent[];
    if (event?.type !== 'SecretCreated' && event?.type !== 'SecretRotated')
      throw new Error(`secret '${secret_id}' has no value at version ${at_version} of its stream`);
    const value = await sealer.open(event.data.value, 'secret');
    if (value === null) return unknownSecret('reveal', secret_id);
    return { ...given, result: { secret_id, version, value } };
  }

  /** Null for a secret that there is not (any more): no key is made for it, and its rules refuse what is asked. */
  private async sealed(secret_id: string, value: string): Promise<string | null> {
    const { shell, sealer } = this.dependencies;
    const { state } = await shell.state(secretAggregate, secret_id, { fresh: true });
    if (state.status !== 'kept') return null;
    try {
      return await sealer.seal(secretSubject(secret_id), 'secret', value);
    } catch (error) {
      if (error instanceof SubjectErasedError) return null;
      throw error;
    }
  }

  private name(name: string): Promise<Reserved> {
    return secretNames.holder(this.dependencies.shell, name);
  }

  /** The data with an index in the value's place. */
  private async payload(data: object & { readonly value?: string }): Promise<unknown> {
    const { value, ...others } = data;
    return value === undefined ? others : { ...others, value: await this.dependencies.sealer.index('payload', value) };
  }

  /** As long as others move the names that the unit is about. */
  private async repeatedly<Result>(attempt: () => Promise<CommandResult<Result>>): Promise<CommandResult<Result>> {
    for (let left = ATTEMPTS; ; left -= 1) {
      const result = await attempt();
      if (left <= 1 || !isRejection(result)) return result;
      if (result.code !== NAME_MOVED && result.code !== NAME_CHANGED) return result;
    }
  }
}

function nameTaken(what: string, name: string): Rejection {
  return reject('conflict', 'secret_name_taken', `Expected to ${what}, but another one is named '${name}'`, '/name');
}

function nameMoved(): Rejection {
  return reject('conflict', NAME_MOVED, 'Expected to keep the names of secrets apart, but they keep changing');
}
