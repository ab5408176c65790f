import path from 'node:path';
import { StartupError } from '@ao/embedded';
import { z } from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);

/** What the launcher reads from the environment; the services check the rest themselves. An empty variable counts as absent. */
export const LauncherEnvironment = z.object({
  PORT: port.default(3000).describe('port of the API'),
  HOST: z.string().default('127.0.0.1').describe('address of the API'),
  COMPAT_PORTS: z
    .string()
    .regex(/^\s*\d+\s*(,\s*\d+\s*)*$/, 'must be port numbers separated by commas')
    .default('9001,8000')
    .describe("further ports of the API on loopback, the seed documents' own; none when COMPAT_PORTS=0"),
  AGENT_TLS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(3443)
    .describe('port for agents that show their certificate (mutual TLS), where it is free; none when AGENT_TLS_PORT=0'),
  DATA_DIR: z.string().default('.data').describe('folder of the embedded Postgres, credentials and pid files'),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
    .optional()
    .describe('an administrator of a Postgres of your own, instead of the embedded one'),
  MIGRATE_DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
    .optional()
    .describe('the administrator, if DATABASE_URL is not one'),
  NATS_URL: z
    .string()
    .regex(/^(nats|tls):\/\/\S+$/, 'must be a nats:// URL')
    .optional()
    .describe('a NATS of your own, instead of the embedded one'),
  BOOTSTRAP_API_KEY: z
    .string()
    .optional()
    .describe('Bearer key of the operator, instead of the one in credentials.json'),
  BOOTSTRAP_ADMIN_EMAIL: z
    .email()
    .optional()
    .describe('address of the administrator made at the first start, instead of admin@localhost.localdomain'),
  BOOTSTRAP_ADMIN_PASSWORD: z
    .string()
    .min(12)
    .max(256)
    .optional()
    .describe('password of that administrator (12 characters or more), instead of one made up'),
  TASKS_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(8)
    .default(1)
    .describe('processes of tasks: one dispatches, the others answer beside it and take over when it ends'),
  WORKFLOWS_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(8)
    .default(1)
    .describe('processes of workflows: one carries runs out, the others answer beside it and take over when it ends'),
  LOG_FORMAT: z.enum(['text', 'json']).default('text').describe("json: the services' lines as they write them"),
});
export type LauncherSettings = z.infer<typeof LauncherEnvironment>;

/** @throws StartupError naming each variable that will not do, and what it is for */
export function readSettings(env: NodeJS.ProcessEnv): LauncherSettings {
  const shape = LauncherEnvironment.shape;
  const given = Object.fromEntries(
    Object.keys(shape).flatMap((name) => (env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]])),
  );
  const parsed = LauncherEnvironment.safeParse(given);
  if (!parsed.success) {
    const complaints = parsed.error.issues.map((issue) => {
      const name = String(issue.path[0]) as keyof typeof shape;
      // A URL may carry a password, too.
      const shown = /_(URL|KEY|PASSWORD)$/.test(name) ? name : `${name}=${String(env[name])}`;
      return `${shown} will not do (${issue.message}); it is the ${shape[name].description}`;
    });
    throw new StartupError(`Set the environment right: ${complaints.join('. ')}.`);
  }
  const { COMPAT_PORTS, DATA_DIR, ...settings } = parsed.data;
  return {
    ...settings,
    COMPAT_PORTS: COMPAT_PORTS.trim() === '0' ? '' : COMPAT_PORTS,
    DATA_DIR: path.resolve(DATA_DIR),
  };
}
