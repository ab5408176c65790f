import { completeTask, deliverSecret, returnTask, type RequestContract, type TaskCredential } from '@ao/contracts';
import { derivedId, isRejection, newId, type CommandMetadata } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';

/** Values by the names that the task gives them. */
export type CredentialValues = Readonly<Record<string, string>>;

export type Resolved =
  | { readonly kind: 'values'; readonly values: CredentialValues }
  /** One of them is gone, or has expired: no delivery will succeed. */
  | { readonly kind: 'missing'; readonly name: string; readonly code: string }
  /** Identity cannot be asked now. */
  | { readonly kind: 'unavailable' };

/** A lease and what its task refers to. */
export interface LeaseWithCredentials {
  readonly task_id: string;
  readonly agent_id: string;
  readonly lease_token: string;
  readonly credentials: readonly TaskCredential[];
}

/** Who asks, and on the way to what. */
export type Asked = Pick<CommandMetadata, 'actor' | 'correlation_id' | 'causation_id' | 'traceparent'>;

const SYSTEM = { type: 'system', id: 'credentials' } as const;

/**
 * The secrets of tasks, asked for at each delivery in the name of whoever gets them, so that each is an entry of the audit;
 * kept for that one delivery and not at all in between.
 */
export class Credentials {
  constructor(private readonly commands: Pick<CommandClient, 'send'>) {}

  async resolve({ task_id, agent_id, credentials }: LeaseWithCredentials, asked: Asked): Promise<Resolved> {
    const given = await Promise.all(
      credentials.map(async ({ name, secret_id, version }) => {
        const data = { secret_id, version, task_id, agent_id };
        return { name, outcome: await this.commands.send(deliverSecret, data, { ...asked, command_id: newId() }) };
      }),
    );
    const values: Record<string, string> = {};
    let away = false;
    for (const { name, outcome } of given) {
      if (!isRejection(outcome)) values[name] = outcome.result.value;
      else if (outcome.rejection === 'not_found' || outcome.code === 'secret_expired')
        return { kind: 'missing', name, code: outcome.code };
      else away = true;
    }
    return away ? { kind: 'unavailable' } : { kind: 'values', values };
  }

  /** Ends the attempt, and with it the task: it would fail at every agent. */
  async fail(
    { task_id, agent_id, lease_token }: LeaseWithCredentials,
    { name, code }: Extract<Resolved, { kind: 'missing' }>,
  ): Promise<void> {
    const message = `The task's credential '${name}' cannot be given: ${code}`;
    const failure = { class: 'credential_missing', message, retryable: false };
    const data = { task_id, agent_id, lease_token, outcome: { success: false, failure } as const };
    await this.bySystem(completeTask, data, derivedId('credential-missing', lease_token));
  }

  /** Gives the task back unharmed, as its agent would that never had it. */
  async giveBack({ task_id, agent_id, lease_token }: LeaseWithCredentials): Promise<void> {
    const data = { task_id, agent_id, lease_token, reason: 'credentials_unavailable' };
    await this.bySystem(returnTask, data, derivedId('credentials-unavailable', lease_token));
  }

  /** What is refused is over already, by another way. */
  private async bySystem<C extends RequestContract>(
    contract: C,
    data: Parameters<CommandClient['send']>[1],
    command_id: string,
  ): Promise<void> {
    const metadata = { command_id, actor: SYSTEM, correlation_id: command_id, causation_id: command_id };
    await this.commands.send(contract, data as never, metadata);
  }
}
