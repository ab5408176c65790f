import { IpRules, PasswordPolicy, SecuritySettings } from '@ao/contracts';
import { createZodDto } from '../../http/zod-dto';
import { z } from 'zod';
import { Timestamp } from './user.schemas';

const changed_at = Timestamp.nullable().meta({ description: 'When it was last changed; null: never' });

export class ShownSecurityDto extends createZodDto(SecuritySettings.extend({ changed_at })) {}
/** The fields given change, the others stay. */
export class SecurityChangesDto extends createZodDto(
  SecuritySettings.partial().meta({ example: { mfa_required_roles: ['admin'], session_hours: 24 } }),
) {}
export class SecuritySettingsDto extends createZodDto(SecuritySettings) {}

export class ShownPasswordPolicyDto extends createZodDto(PasswordPolicy.extend({ changed_at })) {}
export class PasswordPolicyChangesDto extends createZodDto(
  PasswordPolicy.partial().meta({ example: { min_length: 15 } }),
) {}
export class PasswordPolicyDto extends createZodDto(PasswordPolicy) {}

const ShownIpRules = z.object({
  allow: z.array(z.object({ cidr: z.string(), description: z.string() })),
  block: z.array(z.object({ cidr: z.string(), description: z.string() })),
});
export class ShownIpRulesDto extends createZodDto(ShownIpRules.extend({ changed_at })) {}
/** The lists given are replaced, the other stays. */
export class IpRulesChangesDto extends createZodDto(
  IpRules.partial().meta({ example: { block: [{ cidr: '203.0.113.0/24', description: 'scanners' }] } }),
) {}
export class IpRulesDto extends createZodDto(ShownIpRules) {}

/** The id of the key that signs next (`kid`). */
export class RotatedSigningKeyDto extends createZodDto(z.object({ key_id: z.uuid() })) {}

export class RotatedAgentCaDto extends createZodDto(z.object({ ca_id: z.uuid(), expires_at: Timestamp })) {}
