import type { SshConnectionDocument, SshResult, SshTaskPayload, TaskLogEntry, TaskOutcome } from '@ao/contracts';
import type { CommandMetadata } from '@ao/kernel';
import type { SshCredentials } from './ssh-credentials';
import { SshFailure } from './ssh-failure';
import { SshOutput } from './ssh-output';
import { SshSession, type SshSessionOptions } from './ssh-session';

export interface SshExecutorOptions {
  readonly session: SshSessionOptions;
  readonly credentials: SshCredentials;
  /** As the log has it now. */
  readonly connectionOf: (connectionId: string) => Promise<SshConnectionDocument | undefined>;
}

/** What a run tells of while it goes on. */
export interface SshWatch {
  readonly progress: (percent: number, message: string) => void;
  readonly log: (entries: Pick<TaskLogEntry, 'level' | 'message'>[]) => void;
}

/** A command that writes more than this is stopped, though nothing of it is kept any more. */
const FLOOD_BYTES = 256 * 1024 * 1024;

/** Runs one command on a connection, from its login to its exit. */
export class SshExecutor {
  constructor(private readonly options: SshExecutorOptions) {}

  /** Never rejects; its `signal` carries an SshFailure as the reason. */
  async execute(
    payload: SshTaskPayload,
    asked: Omit<CommandMetadata, 'command_id'>,
    signal: AbortSignal,
    watch: SshWatch,
  ): Promise<TaskOutcome> {
    try {
      return { success: true, result: await this.run(payload, asked, signal, watch) };
    } catch (error) {
      if (!(error instanceof SshFailure)) throw error;
      const { errorClass, message } = error;
      // Whether it has had an effect nobody knows, so nobody repeats it.
      return { success: false, failure: { class: errorClass, message, retryable: false } };
    }
  }

  private async run(
    { connection_id, command, env, timeout_seconds, max_output_bytes }: SshTaskPayload,
    asked: Omit<CommandMetadata, 'command_id'>,
    stop: AbortSignal,
    watch: SshWatch,
  ): Promise<SshResult> {
    const { connectionOf, credentials, session: options } = this.options;
    const connection = await connectionOf(connection_id);
    if (!connection) throw new SshFailure('connection_deleted', 'The SSH connection was deleted');
    const { name, hostname, port, username, host_key: hostKey } = connection;
    if (hostKey === null) throw new SshFailure('host_key_unpinned', 'No key of this host is pinned');
    watch.progress(0, `connecting to ${name}`.slice(0, 200));
    const credential = await credentials.of(connection, asked);
    const session = await SshSession.open({ hostname, port, username, hostKey, credential }, options);
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new SshFailure('command_timeout', `It did not end within ${timeout_seconds} seconds`)),
      timeout_seconds * 1_000,
    );
    const output = new SshOutput({ maxBytes: max_output_bytes, write: watch.log });
    const started = performance.now();
    try {
      watch.progress(10, 'running');
      const exit = await session.exec(command, {
        env,
        signal: AbortSignal.any([stop, limit.signal]),
        onOutput: (stream, chunk) => {
          output.take(stream, chunk);
          if (output.bytes > FLOOD_BYTES)
            limit.abort(new SshFailure('output_flood', 'It wrote more than anybody could want'));
        },
      });
      output.end();
      return { ...exit, ...output.result(), duration_ms: Math.round(performance.now() - started) };
    } catch (error) {
      output.end();
      throw error;
    } finally {
      clearTimeout(timer);
      session.end();
    }
  }
}
