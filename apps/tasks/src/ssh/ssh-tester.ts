import type { DataOf, SshConnectionDocument, SshTestReport, testSshConnection } from '@ao/contracts';
import type { CommandResult, CommandShell } from '@ao/event-log';
import type { Answer } from '@ao/messaging';
import { isRejection, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { sshConnectionAggregate, unknownConnection } from './ssh-connection.decider';
import type { SshCredentials } from './ssh-credentials';
import { SshFailure } from './ssh-failure';
import { SshSession, type SshCredential, type SshSessionOptions } from './ssh-session';

type Tested = Answer<typeof testSshConnection>;
type Seen = Omit<SshTestReport, 'host_key_pinned'>;

/** Tests of one process at once. */
const MAX_TESTS = 16;

/** Tries connections out. Nothing is said to a host that is not known, and no secret is asked for on its behalf. */
export class SshTester {
  /** A test takes longer than its sender waits before asking again: the same command is the same test. */
  private readonly underWay = new Map<string, Tested>();

  constructor(
    private readonly shell: Pick<CommandShell, 'run' | 'state'>,
    private readonly credentials: SshCredentials,
    private readonly options: SshSessionOptions,
  ) {}

  test(data: DataOf<typeof testSshConnection>, metadata: CommandMetadata): Tested {
    const { command_id } = metadata;
    const before = this.underWay.get(command_id);
    if (before) return before;
    if (this.underWay.size >= MAX_TESTS) return Promise.resolve(busy(data.connection_id));
    const answer = this.carryOut(data, metadata).finally(() => this.underWay.delete(command_id));
    this.underWay.set(command_id, answer);
    return answer;
  }

  private async carryOut(data: DataOf<typeof testSshConnection>, metadata: CommandMetadata): Tested {
    const { connection_id, accept_host_key } = data;
    const { state: connection } = await this.shell.state(sshConnectionAggregate, connection_id, { fresh: true });
    if (!connection) return unknownConnection('test', connection_id);
    const { hostname, port } = connection;
    const seen = await this.look(connection, accept_host_key, metadata);
    const outcome = seen.error?.class ?? 'ok';
    const test = { connection_id, outcome, host_key: seen.fingerprint, hostname, port, accept_host_key };
    const command = { type: 'RecordSshTest' as const, data: test, metadata };
    const recorded: CommandResult<{ pinned: boolean }> = await this.shell.run(
      sshConnectionAggregate,
      connection_id,
      command,
      { payload: data },
    );
    if (isRejection(recorded)) return recorded;
    return { ...recorded, result: { ...seen, host_key_pinned: recorded.result.pinned } };
  }

  private async look(
    connection: SshConnectionDocument,
    acceptHostKey: boolean,
    { deadline: _deadline, ...asked }: CommandMetadata,
  ): Promise<Seen> {
    const { hostname, port, username, host_key: hostKey } = connection;
    let credential: SshCredential | undefined;
    let unusable: SshFailure | undefined;
    if (hostKey !== null || acceptHostKey) {
      try {
        credential = await this.credentials.of(connection, asked);
      } catch (error) {
        unusable = failure(error);
      }
    }
    const started = performance.now();
    const latency = () => Math.round(performance.now() - started);
    try {
      const target = { hostname, port, username, hostKey, acceptHostKey, ...(credential && { credential }) };
      const session = await SshSession.open(target, this.options);
      const { hostKey: fingerprint, serverVersion: server_version } = session;
      session.end();
      return { success: true, latency_ms: latency(), fingerprint, server_version, error: null };
    } catch (error) {
      const met = failure(error);
      const { errorClass, message } = met.errorClass === 'credential_missing' ? (unusable ?? met) : met;
      const { hostKey: fingerprint = null, serverVersion: server_version = null } = met;
      const why = { class: errorClass, message };
      return { success: false, latency_ms: latency(), fingerprint, server_version, error: why };
    }
  }
}

function failure(error: unknown): SshFailure {
  if (error instanceof SshFailure) return error;
  throw error;
}

function busy(connectionId: string): Rejection {
  const message = `Expected to test SSH connection '${connectionId}', but ${MAX_TESTS} others are being tested`;
  return { ...reject('throttled', 'ssh_tests_busy', message), retry_after_seconds: 1 };
}
