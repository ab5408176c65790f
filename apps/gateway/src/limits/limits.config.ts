import { z } from 'zod';

const RatePerMinute = z.coerce.number().int().min(1).max(10_000_000);

/** Limits that no setting governs: of the installation's own key, and of those who show none. */
export const limitsConfig = {
  BOOTSTRAP_RATE_PER_MINUTE: RatePerMinute.default(600_000).describe(
    'requests per minute with the bootstrap key, and of one address to the open coordinator',
  ),
  ADDRESS_RATE_PER_MINUTE: RatePerMinute.default(60_000).describe(
    'requests per minute of one address to the public routes (an IPv6 /64 counts as one)',
  ),
};
