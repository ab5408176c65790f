import { CERTIFICATE_SECONDS } from '@ao/contracts';
import { z } from 'zod';

/** The registry's own settings; what every service shares comes from the platform. */
export const registryConfig = z.object({
  CA_KEYS: z
    .string()
    .optional()
    .describe(
      "key-encryption keys of the agents' certificate authority, `<id>:<base64 of 32 bytes>` separated by commas or lines; the first one wraps",
    ),
  CA_KEYS_FILE: z
    .string()
    .optional()
    .describe('file with the same, instead of CA_KEYS; read again when a key is missing'),
  AGENT_CERTIFICATE_LIFETIME: z.coerce
    .number()
    .int()
    .min(5)
    .max(CERTIFICATE_SECONDS)
    .default(CERTIFICATE_SECONDS)
    .describe("seconds that agents' certificates and tokens live, and the gateways' certificates for them"),
});
export type RegistryConfig = z.infer<typeof registryConfig>;
