import { answeredBy, permissionsOf, type NatsService } from './permissions';

export type NatsUser =
  | { readonly service: NatsService; readonly password: string }
  /** The password stands in this environment variable of nats-server, so that the file holds no secret. */
  | { readonly service: NatsService; readonly passwordVariable: string };

export interface NatsServerConfig {
  readonly port: number;
  /** Default: loopback only. */
  readonly host?: string;
  readonly users: readonly NatsUser[];
  /** Port of the server's own monitoring page, on loopback; absent: none. */
  readonly monitorPort?: number;
  /** Bytes that may wait for one slow client before it is cut off; default 64 MiB. */
  readonly maxPending?: number;
}

/**
 * The text of a nats-server configuration (2.9 and newer): one user per service with its own subjects, everything else
 * denied, nobody without a password.
 */
export function natsServerConfig(config: NatsServerConfig): string {
  const { host = '127.0.0.1', port, users, monitorPort, maxPending = 64 * 1024 * 1024 } = config;
  return [
    `listen: ${quoted(`${host}:${port}`)}`,
    ...(monitorPort === undefined ? [] : [`http: ${quoted(`127.0.0.1:${monitorPort}`)}`]),
    'max_payload: 1048576',
    `max_pending: ${maxPending}`,
    'write_deadline: "5s"',
    'ping_interval: "20s"',
    'authorization {',
    '  timeout: 5',
    '  default_permissions { publish: { deny: ">" }, subscribe: { deny: ">" } }',
    '  users: [',
    ...users.flatMap(userLines),
    '  ]',
    '}',
    '',
  ].join('\n');
}

function userLines(user: NatsUser): string[] {
  const { publish, subscribe } = permissionsOf(user.service);
  const answers = answeredBy(user.service).length > 0;
  const password = 'password' in user ? quoted(user.password) : `$${user.passwordVariable}`;
  return [
    '    {',
    `      user: ${quoted(user.service)}, password: ${password}`,
    '      permissions {',
    `        publish: ${publish.length > 0 ? `{ allow: ${list(publish)} }` : '{ deny: ">" }'}`,
    `        subscribe: { allow: ${list(subscribe)} }`,
    ...(answers ? ['        allow_responses: { max: 1, expires: "2m" }'] : []),
    '      }',
    '    }',
  ];
}

const list = (subjects: readonly string[]) => `[${subjects.map(quoted).join(', ')}]`;
const quoted = (text: string) => JSON.stringify(text);
