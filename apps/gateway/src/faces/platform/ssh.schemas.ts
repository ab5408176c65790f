import { HostKey, SSH_AUTH_METHODS, SSH_ERRORS, SshCommand, SshTerms, TASK_STATUSES, text } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { AtLeast } from '../query.schemas';
import { Page, Timestamp } from './user.schemas';

const { name, hostname, port, username, auth_method, description, tags } = SshTerms.shape;
const { secret_id, passphrase_secret_id, host_key } = SshTerms.shape;

/** `POST /api/v1/ssh-connections` */
export class NewSshConnectionDto extends createZodDto(
  z
    .object({
      ...{ name, hostname, username, auth_method },
      port: port.default(22),
      /** The secret that holds the password or the private key; needed before anything can be run. */
      secret_id: secret_id.default(null),
      passphrase_secret_id: passphrase_secret_id.default(null),
      /** As `ssh-keygen -l` shows it; absent: a test shows it and pins it when it is asked to. */
      host_key: host_key.default(null),
      description: description.default(''),
      tags: tags.default([]),
    })
    .meta({
      example: {
        ...{ name: 'web-1', hostname: 'web-1.internal', port: 22, username: 'deploy', auth_method: 'private_key' },
        secret_id: '01890a5d-ac96-774b-bcce-b302099a8057',
      },
    }),
) {}

/** `PUT /api/v1/ssh-connections/{id}`: the fields given change. Another host or port unpins the key, unless one is given. */
export class SshConnectionChangesDto extends createZodDto(
  SshTerms.partial().meta({ example: { description: 'the first web server', tags: ['production'] } }),
) {}

export class SshConnectionListQueryDto extends createZodDto(
  Page.extend({
    /** Exactly this name. */
    name: text(200, 1).optional(),
  }),
) {}
export class SshConnectionQueryDto extends createZodDto(z.object({ at_least: AtLeast })) {}

/** A connection, with the ids of its secrets and never their values. */
export class ShownSshConnectionDto extends createZodDto(
  z.object({
    id: z.uuid(),
    name: z.string(),
    hostname: z.string(),
    port: z.int(),
    username: z.string(),
    auth_method: z.enum(SSH_AUTH_METHODS),
    secret_id: z.uuid().nullable(),
    passphrase_secret_id: z.uuid().nullable(),
    host_key: HostKey.nullable(),
    host_key_pinned_at: Timestamp.nullable(),
    description: z.string(),
    tags: z.array(z.string()),
    /** The last one; its outcome is `ok`, or why it failed. */
    last_test: z.object({ at: Timestamp, outcome: z.string() }).nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
  }),
) {}

/** `POST /api/v1/ssh-connections/{id}/test` */
export class SshTestDto extends createZodDto(
  z.object({
    /** Pins the key that the host shows, if none is pinned yet. */
    accept_host_key: z.boolean().default(false),
  }),
) {}

export class SshTestReportDto extends createZodDto(
  z.object({
    success: z.boolean(),
    latency_ms: z.int(),
    fingerprint: HostKey.nullable(),
    server_version: z.string().nullable(),
    host_key_pinned: z.boolean(),
    error: z.object({ class: z.enum(SSH_ERRORS), message: z.string() }).nullable(),
  }),
) {}

/** `POST /api/v1/ssh-connections/{id}/execute` */
export class SshCommandDto extends createZodDto(
  SshCommand.extend({
    timeout_seconds: SshCommand.shape.timeout_seconds.default(60),
    max_output_bytes: SshCommand.shape.max_output_bytes.default(262_144),
    env: SshCommand.shape.env.default({}),
  }).meta({ example: { command: 'systemctl is-active nginx', timeout_seconds: 30 } }),
) {}

/** How a command went, or how far it is. */
export class SshExecutionDto extends createZodDto(
  z.object({
    /** It is a task like others: it has a log, and can be cancelled. */
    task_id: z.uuid(),
    status: z.enum(TASK_STATUSES),
    /** It ran and exited by 0; null while it has not ended. */
    success: z.boolean().nullable(),
    /** null: it has not ended, or not by itself. */
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    /** The beginning of it; the log of the task has more. */
    stdout: z.string(),
    stderr: z.string(),
    stdout_bytes: z.int(),
    stderr_bytes: z.int(),
    truncated: z.boolean(),
    duration_ms: z.int().nullable(),
    /** Why it did not come to an end of its own. */
    error: z.object({ class: z.string(), message: z.string() }).nullable(),
  }),
) {}
