import { z } from 'zod';
import { StartupError } from './startup-error';

/** Where a service's health answers when HEALTH_PORT does not say otherwise. */
const HEALTH_PORTS: Readonly<Record<string, number>> = {
  gateway: 3100,
  registry: 3101,
  discovery: 3102,
  tasks: 3103,
  identity: 3104,
  notifications: 3105,
  workflows: 3106,
};

export const port = () => z.coerce.number().int().min(0).max(65_535);
export const milliseconds = () => z.coerce.number().int().min(0).max(3_600_000);
/** `true`, `1`, `yes`, `on` and their opposites. */
export const flag = () => z.stringbool();

/** What every service reads from its environment. */
export function platformConfig(service: string) {
  return z.object({
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development').describe('kind of installation'),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
      .describe("the service's own Postgres login, postgres://user:password@host:port/database"),
    DATABASE_POOL_MAX: z.coerce
      .number()
      .int()
      .min(2)
      .max(200)
      .default(10)
      .describe('most connections to Postgres at once'),
    NATS_URL: z
      .string()
      .regex(/^(nats|tls):\/\/[^\s]+$/, 'must be a nats:// URL')
      .default('nats://127.0.0.1:4222')
      .describe('NATS servers, separated by commas'),
    NATS_USER: z.string().default(service).describe("the service's NATS user"),
    NATS_PASSWORD: z.string().optional().describe("password of the service's NATS user"),
    HEALTH_HOST: z.string().default('0.0.0.0').describe('address of /health/live, /health/ready and /metrics'),
    HEALTH_PORT: port()
      .default(HEALTH_PORTS[service] ?? 3199)
      .describe('port of /health/live, /health/ready and /metrics; 0 takes a free one'),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info')
      .describe('least severe log lines that are written'),
    COMMAND_TIMEOUT_MS: milliseconds()
      .default(5_000)
      .describe('milliseconds for a command to another service, its one retry included'),
    DRAIN_DELAY_MS: milliseconds()
      .max(15_000)
      .default(0)
      .describe(
        'milliseconds between SIGTERM (not ready any more) and taking no new work, for load balancers to notice',
      ),
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional().describe('OTLP/HTTP collector for traces; absent: no tracing'),
  });
}

export type PlatformConfig = z.infer<ReturnType<typeof platformConfig>>;
/** The shape of a service's own variables, added to the platform's. */
export type ConfigExtension = z.ZodObject;
export type ConfigOf<Extension extends ConfigExtension> = PlatformConfig & z.infer<Extension>;

/**
 * Reads and checks the environment. An empty variable counts as absent.
 * @throws StartupError naming every variable that is wrong and what it is for
 */
export function loadConfig<Extension extends ConfigExtension>(
  service: string,
  extension?: Extension,
  env: Readonly<Record<string, string | undefined>> = process.env,
): ConfigOf<Extension> {
  const shape = shapeOf(service, extension);
  const given = Object.fromEntries(
    Object.keys(shape).flatMap((name) => (env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]])),
  );
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data as ConfigOf<Extension>;
  const complaints = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? '');
    const what = shape[name]?.description;
    const why = given[name] === undefined ? 'is missing' : `has a value that does not do (${issue.message})`;
    return `${name} ${why}${what ? `: ${what}` : ''}`;
  });
  throw new StartupError(`${service} cannot start, set its environment right: ${[...new Set(complaints)].join('; ')}.`);
}

export interface ConfigVariable {
  readonly name: string;
  readonly description: string;
  /** The default as one writes it in the environment; undefined: none. */
  readonly default: string | undefined;
  readonly required: boolean;
}

/** Every variable of a service, for the table in the docs. */
export function describeConfig(service: string, extension?: ConfigExtension): ConfigVariable[] {
  return Object.entries(shapeOf(service, extension)).map(([name, schema]) => {
    const absent = schema.safeParse(undefined);
    return {
      name,
      description: schema.description ?? '',
      default: absent.success && absent.data !== undefined ? String(absent.data) : undefined,
      required: !absent.success,
    };
  });
}

/** The same as a Markdown table. */
export function configTable(variables: readonly ConfigVariable[]): string {
  const rows = variables.map(({ name, description, default: value, required }) => {
    const shown = value === undefined ? (required ? 'required' : '') : `\`${value}\``;
    return `| \`${name}\` | ${shown} | ${description.replaceAll('|', '\\|')} |`;
  });
  return ['| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function shapeOf(service: string, extension?: ConfigExtension): Record<string, z.ZodType> {
  return { ...platformConfig(service).shape, ...(extension?.shape as Record<string, z.ZodType> | undefined) };
}
