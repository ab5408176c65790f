import { z } from 'zod';
import { command } from '../contract';
import { Id, Time, text } from '../text';
import { HostKey, SSH_ERRORS, SshTerms } from './ssh';

/** 409 `ssh_connection_name_taken`. */
export const createSshConnection = command(
  'tasks.create_ssh_connection',
  SshTerms,
  z.object({ connection_id: Id, created_at: Time }),
);

/**
 * Absent fields stay. Another host or port without a key of its own takes the pin away: the key was that of the host before.
 */
export const changeSshConnection = command(
  'tasks.change_ssh_connection',
  SshTerms.partial().extend({ connection_id: Id }),
  z.object({ connection_id: Id, updated_at: Time }),
);

export const deleteSshConnection = command(
  'tasks.delete_ssh_connection',
  z.object({ connection_id: Id }),
  z.object({ connection_id: Id, deleted_at: Time }),
);

export const SshError = z.object({ class: z.enum(SSH_ERRORS), message: text(500) });
export type SshError = z.infer<typeof SshError>;

export const SshTestReport = z.object({
  success: z.boolean(),
  /** Milliseconds until the login was complete, or until it failed. */
  latency_ms: z.int().min(0),
  /** Of the key that the host showed. */
  fingerprint: HostKey.nullable(),
  /** What the server calls itself. */
  server_version: text(255).nullable(),
  /** Whether the key that was shown is the pinned one, now that the test is done. */
  host_key_pinned: z.boolean(),
  error: SshError.nullable(),
});
export type SshTestReport = z.infer<typeof SshTestReport>;

/**
 * Connects, checks the host's key and logs in. Nothing secret is sent to a host whose key is not the pinned one.
 * `accept_host_key` pins the key that is shown, where none is pinned yet; a key that has changed is never taken over.
 */
export const testSshConnection = command(
  'tasks.test_ssh_connection',
  z.object({ connection_id: Id, accept_host_key: z.boolean() }),
  SshTestReport,
);

/** A variable's name as POSIX writes it. */
const Variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be a name of letters, digits and _');

/** What is to be run. The log keeps it and whoever reads tasks sees it: no place for secrets. */
export const SshCommand = z.object({
  command: text(16_384, 1),
  /** The command is killed after so many seconds. */
  timeout_seconds: z.int().min(1).max(3_600),
  /** Of what it writes, so much is kept in the task's log. */
  max_output_bytes: z.int().min(1).max(1_048_576),
  /** Asked for by the protocol; the server decides which ones it takes (`AcceptEnv`). */
  env: z
    .record(Variable, text(4_096))
    .refine((env) => Object.keys(env).length <= 50, 'must not have more than 50 variables'),
});
export type SshCommand = z.infer<typeof SshCommand>;

/** Submits the command as a task of the built-in runner. 409 `ssh_host_key_unpinned`, `ssh_credential_missing`. */
export const executeSshCommand = command(
  'tasks.execute_ssh_command',
  SshCommand.extend({ connection_id: Id }),
  z.object({ task_id: Id, submitted_at: Time }),
);

/** What such a task holds. */
export const SshTaskPayload = SshCommand.extend({ connection_id: Id });
export type SshTaskPayload = z.infer<typeof SshTaskPayload>;

/**
 * What a command that ran has come to. One that exits other than by 0 has run all the same, so its task is completed: it is
 * for the caller to say what an exit code means, and nothing is repeated or counted against the host.
 */
export const SshResult = z.object({
  /** null: ended by a signal. */
  exit_code: z.int().nullable(),
  signal: z.string().nullable(),
  /** The beginning of it; the task's log has more. */
  stdout: z.string(),
  stderr: z.string(),
  stdout_bytes: z.int(),
  stderr_bytes: z.int(),
  /** Something it wrote is not in here. */
  truncated: z.boolean(),
  duration_ms: z.int(),
});
export type SshResult = z.infer<typeof SshResult>;
