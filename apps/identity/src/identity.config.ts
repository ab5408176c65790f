import { z } from 'zod';

/** Identity's own settings; what every service shares comes from the platform. */
export const identityConfig = z.object({
  SEALING_KEYS: z
    .string()
    .optional()
    .describe('key-encryption keys, `<id>:<base64 of 32 bytes>` separated by commas or lines; the first one wraps'),
  SEALING_KEYS_FILE: z
    .string()
    .optional()
    .describe('file with the same, instead of SEALING_KEYS; read again when it changes'),
  BOOTSTRAP_ADMIN_EMAIL: z.email().optional().describe('address of the admin made at the first start'),
  BOOTSTRAP_ADMIN_PASSWORD: z.string().min(12).max(256).optional().describe('password of that admin'),
  REGISTRATION_OPEN: z
    .stringbool()
    .optional()
    .describe('whether anyone may register until PUT /api/v1/security says otherwise; default: not in production'),
});
export type IdentityConfig = z.infer<typeof identityConfig>;
