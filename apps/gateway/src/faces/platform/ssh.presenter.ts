import { OPEN_TASK_STATUSES, SshResult, type SshConnectionDocument } from '@ao/contracts';
import { Problem, forbidden } from '../../http/problem';
import type { Principal } from '../../http/principal';
import type { TaskReadModel } from '../../projections/tasks/task.read-model';
import type {
  NewSshConnectionDto,
  ShownSshConnectionDto,
  SshConnectionChangesDto,
  SshExecutionDto,
} from './ssh.schemas';

export function presentSshConnection(connection: SshConnectionDocument): ShownSshConnectionDto {
  const { connection_id, tested_at, test_outcome } = connection;
  const last_test = tested_at === null ? null : { at: tested_at, outcome: test_outcome ?? 'ok' };
  return {
    id: connection_id,
    name: connection.name,
    hostname: connection.hostname,
    port: connection.port,
    username: connection.username,
    auth_method: connection.auth_method,
    secret_id: connection.secret_id,
    passphrase_secret_id: connection.passphrase_secret_id,
    host_key: connection.host_key,
    host_key_pinned_at: connection.host_key_pinned_at,
    description: connection.description,
    tags: connection.tags,
    last_test,
    created_at: connection.created_at,
    updated_at: connection.updated_at,
  };
}

const NOTHING: Omit<SshExecutionDto, 'task_id' | 'status' | 'success' | 'error'> = {
  ...{ exit_code: null, signal: null, stdout: '', stderr: '', stdout_bytes: 0, stderr_bytes: 0 },
  ...{ truncated: false, duration_ms: null },
};

/**
 * How a command went. One that exited other than by 0 has run, so its task is completed; whether that is a success is what
 * this says. @throws Problem 409 `host_key_mismatch`
 */
export function presentSshExecution(taskId: string, task: TaskReadModel | undefined): SshExecutionDto {
  const about = { task_id: taskId, status: task?.status ?? ('queued' as const) };
  if (!task || OPEN_TASK_STATUSES.includes(task.status)) return { ...about, ...NOTHING, success: null, error: null };
  if (task.failure?.class === 'host_key_mismatch')
    throw new Problem(409, 'host_key_mismatch', `${task.failure.message}; nothing was run`, {
      extra: { task_id: taskId },
    });
  const result = task.status === 'completed' ? SshResult.safeParse(task.result).data : undefined;
  if (result) return { ...about, ...result, success: result.exit_code === 0, error: null };
  const { class: errorClass = task.status, message = task.reason ?? 'It was ended' } = task.failure ?? {};
  return { ...about, ...NOTHING, success: false, error: { class: errorClass, message } };
}

/** What decides to whom a secret is shown. */
const LEADS_SECRETS = ['hostname', 'port', 'host_key', 'auth_method', 'secret_id', 'passphrase_secret_id'] as const;

/**
 * A connection shows its secrets to the host it names: who names a secret, or names another host for it, could have it told
 * to a host of their own. So this takes the vault's own permission. @throws Problem 403
 */
export function requireMayLeadSecrets(
  principal: Pick<Principal, 'permissions'>,
  before: SshConnectionDocument | undefined,
  after: NewSshConnectionDto | SshConnectionChangesDto,
): void {
  if (principal.permissions.has('secrets:manage')) return;
  const named = after.secret_id ?? after.passphrase_secret_id ?? before?.secret_id ?? before?.passphrase_secret_id;
  if (!named) return;
  const leads = LEADS_SECRETS.some((field) => after[field] !== undefined && after[field] !== (before?.[field] ?? null));
  if (leads) throw forbidden('secrets:manage');
}
