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
});
export type RegistryConfig = z.infer<typeof registryConfig>;
