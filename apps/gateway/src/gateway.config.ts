import { hostname } from 'node:os';
import { HostNames, type SettingValues } from '@ao/contracts';
import { z } from 'zod';
import { isLoopbackHost } from './http/origin';
import { limitsConfig } from './limits/limits.config';

const PortNumber = z.number().int().min(0).max(65_535);
const Port = z.coerce.number().pipe(PortNumber);

/** The gateway's own settings; what every service shares comes from the platform. */
export const gatewayConfig = z.object({
  HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address of the API; loopback unless told otherwise, containers set 0.0.0.0'),
  PORT: Port.default(3000).describe('port of the API'),
  COMPAT_PORTS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter((port) => port.trim() !== ''))
    .pipe(
      z.array(
        z
          .string()
          .regex(/^ *[0-9]{1,5} *$/, 'must be port numbers')
          .transform(Number)
          .pipe(PortNumber),
      ),
    )
    .describe("further ports of the API on loopback, the seed documents' own: 9001,8000; a taken one is a warning"),
  AGENT_TLS_PORT: Port.default(3443).describe(
    'port for agents that show their certificate (mutual TLS), at the address of the API; none when 0, a taken one is a warning',
  ),
  AGENT_TLS_NAMES: z
    .string()
    .default(['localhost', '127.0.0.1', ...ownName()].join())
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(HostNames)
    .describe(
      "host names and addresses in that port's own certificate; by default localhost, 127.0.0.1 and the host's name",
    ),
  COORDINATOR_OPEN: z
    .stringbool()
    .default(false)
    .describe("the coordinator's routes without a credential, for programs on this machine"),
  BOOTSTRAP_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]{16,512}$/, 'must be 16 to 512 visible ASCII characters')
    .describe('Bearer key of the operator'),
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((network) => network.trim())
        .filter((network) => network !== ''),
    )
    .pipe(z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()], 'must be addresses or networks (CIDR)')))
    .describe(
      'networks of the proxies whose X-Forwarded-For and X-Forwarded-Client-Cert are believed, as CIDR: 10.0.0.0/8,fd00::/8; none by default',
    ),
  FORWARDED_CLIENT_CERTIFICATES: z
    .stringbool()
    .default(true)
    .describe(
      'whether the trusted proxies say who an agent is (X-Forwarded-Client-Cert); false where one of them passes on what callers write there',
    ),
  ...limitsConfig,
  GATEWAY_ROLE: z
    .enum(['http', 'projections', 'all'])
    .default('all')
    .describe('http serves, projections keeps the read models, all does both'),
  HEARTBEAT_INTERVAL: z.coerce
    .number()
    .min(0.2)
    .max(3600)
    .default(30)
    .describe('seconds between heartbeats of an agent that does not say otherwise'),
  DATA_DIR: z
    .string()
    .default('.')
    .describe('folder on the file system whose use GET /v1/health shows; the data folder under npm start'),
});
/** Of this machine, where it is one that a certificate can name. */
function ownName(): string[] {
  const name = hostname();
  return name !== 'localhost' && HostNames.safeParse([name]).success ? [name] : [];
}

export type GatewayConfig = z.infer<typeof gatewayConfig>;

/** What the environment says of settings that nobody has set. */
export function settingDefaults(config: Pick<GatewayConfig, 'HEARTBEAT_INTERVAL'>): Partial<SettingValues> {
  return { 'agents.heartbeat_interval_seconds': config.HEARTBEAT_INTERVAL };
}

/** What forbids these settings together, as one sentence for the operator; undefined when nothing does. */
export function whyConfigIsUnsafe(config: GatewayConfig & { readonly NODE_ENV?: string }): string | undefined {
  if (config.COORDINATOR_OPEN && config.NODE_ENV === 'production' && !isLoopbackHost(config.HOST)) {
    return `COORDINATOR_OPEN=true lets anyone who reaches ${config.HOST} in; in production set HOST to a loopback address or COORDINATOR_OPEN to false.`;
  }
  return undefined;
}

/** Open only where nobody but this machine can connect. */
export function coordinatorIsOpen(config: Pick<GatewayConfig, 'COORDINATOR_OPEN' | 'HOST'>): boolean {
  return config.COORDINATOR_OPEN && isLoopbackHost(config.HOST);
}
