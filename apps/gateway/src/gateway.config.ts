import { z } from 'zod';
import { isLoopbackHost } from './http/origin';

const PortNumber = z.number().int().min(0).max(65_535);
const Port = z.coerce.number().pipe(PortNumber);

const Flag = z
  .enum(['true', 'false', '1', '0', ''])
  .default('false')
  .transform((word) => word === 'true' || word === '1');

/** The gateway's own settings; what every service shares comes from the platform. */
export const gatewayConfig = z.object({
  /** Where the API listens. Loopback unless told otherwise; containers set 0.0.0.0. */
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: Port.default(3000),
  /** Further ports on loopback, those that the API's documents name: `9001,8000`. One that is taken is a warning. */
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
    ),
  /** The coordinator's routes (and only they) without a credential, for programs on this machine. */
  COORDINATOR_OPEN: Flag,
  BOOTSTRAP_API_KEY: z.string().regex(/^[\x21-\x7e]{16,512}$/, 'must be 16 to 512 visible ASCII characters'),
  /** `http` serves, `projections` keeps the read models, `all` does both. */
  GATEWAY_ROLE: z.enum(['http', 'projections', 'all']).default('all'),
  /** Seconds between heartbeats of an agent that does not say otherwise. */
  HEARTBEAT_INTERVAL: z.coerce.number().min(0.2).max(3600).default(30),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;

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
