import type { SshErrorClass } from '@ao/contracts';

/** Why a connection or a command came to nothing, in words that say nothing of how this is made. */
export class SshFailure extends Error {
  constructor(
    readonly errorClass: SshErrorClass,
    message: string,
    /** The key that the host showed before it failed. */
    readonly hostKey?: string,
    /** What the server called itself before. */
    readonly serverVersion?: string,
  ) {
    super(message);
    this.name = 'SshFailure';
  }
}

interface LibraryError extends Error {
  /** Of ssh2: where it happened. */
  readonly level?: string;
  /** Of the operating system. */
  readonly code?: string;
}

const SILENT = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** What an error of the library or of its socket means to whoever asked. */
export function failureOf(error: LibraryError, wasReady: boolean): SshFailure {
  if (error instanceof SshFailure) return error;
  if (wasReady) return new SshFailure('connection_lost', 'The connection broke');
  switch (error.level) {
    case 'client-authentication':
      return new SshFailure('authentication_failed', 'The host takes neither this user nor this credential');
    case 'client-timeout':
      return new SshFailure('connect_timeout', 'The login took too long');
    case 'handshake':
    case 'protocol':
      return new SshFailure('protocol_error', 'What answers there speaks no SSH that is considered safe');
    default:
      break;
  }
  if (error.code === 'ECONNREFUSED') return new SshFailure('host_unreachable', 'Nothing listens at this port');
  if (SILENT.has(error.code ?? '')) return new SshFailure('host_unreachable', 'There is no way to this host');
  return new SshFailure('protocol_error', 'The host ended the connection before the login');
}
