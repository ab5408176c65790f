import { z } from 'zod';
import { event, type EventOf } from '../contract';
import { Time, text } from '../text';
import { PersonRole } from './access';

/** What governs logins and sessions. */
export const SecuritySettings = z.object({
  /** Whether anyone may register; they become viewers. */
  registration_open: z.boolean(),
  access_token_minutes: z.int().min(1).max(15),
  /** From login to the last possible refresh. */
  session_hours: z
    .int()
    .min(1)
    .max(24 * 90),
  /** Persons of these roles can do nothing but set MFA up until they have it. */
  mfa_required_roles: z.array(PersonRole).max(5),
  /** Failed logins within `login_window_minutes` after which more are refused: per account (from addresses it never logged in from), and per address. */
  login_failures_per_account: z.int().min(1).max(1_000),
  login_failures_per_address: z.int().min(1).max(10_000),
  login_window_minutes: z
    .int()
    .min(1)
    .max(24 * 60),
  /** How fresh a login must be for what is especially dangerous (revealing a secret). */
  recent_login_minutes: z
    .int()
    .min(1)
    .max(24 * 60),
});
export type SecuritySettings = z.infer<typeof SecuritySettings>;

export const DEFAULT_SECURITY_SETTINGS: SecuritySettings = {
  registration_open: true,
  access_token_minutes: 15,
  session_hours: 24 * 7,
  mfa_required_roles: [],
  login_failures_per_account: 10,
  login_failures_per_address: 50,
  login_window_minutes: 15,
  recent_login_minutes: 15,
};

/** Long and not among the most used, rather than of many kinds of characters (ASVS 6.2). */
export const PasswordPolicy = z.object({
  min_length: z.int().min(8).max(64),
  /** Refuses the passwords that attackers try first. */
  refuse_common: z.boolean(),
  require_uppercase: z.boolean(),
  require_lowercase: z.boolean(),
  require_digit: z.boolean(),
  require_symbol: z.boolean(),
});
export type PasswordPolicy = z.infer<typeof PasswordPolicy>;

export const DEFAULT_PASSWORD_POLICY: PasswordPolicy = {
  min_length: 12,
  refuse_common: true,
  require_uppercase: false,
  require_lowercase: false,
  require_digit: false,
  require_symbol: false,
};
/** Longer ones are refused: hashing must not become a way to keep the service busy. */
export const MAX_PASSWORD_LENGTH = 256;

/** An address or a network in CIDR form, IPv4 or IPv6. */
export const IpRule = z.object({
  cidr: z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]),
  description: text(200).default(''),
});
export type IpRule = z.infer<typeof IpRule>;
/** `block` wins. An empty `allow` lets everybody else in; otherwise only those it names. */
export const IpRules = z.object({ allow: z.array(IpRule).max(1_000), block: z.array(IpRule).max(1_000) });
export type IpRules = z.infer<typeof IpRules>;
export const NO_IP_RULES: IpRules = { allow: [], block: [] };

/**
 * The installation's rules: one stream, `policy-<derivedId('policy')>`. Every event holds the whole of what it sets, so a
 * reader needs the newest only.
 */
export const policyEvents = {
  SecuritySettingsChanged: event(
    'policy',
    'SecuritySettingsChanged',
    1,
    z.object({ settings: SecuritySettings, changed: z.array(z.string()), at: Time }),
  ),
  PasswordPolicyChanged: event(
    'policy',
    'PasswordPolicyChanged',
    1,
    z.object({ policy: PasswordPolicy, changed: z.array(z.string()), at: Time }),
  ),
  IpRulesChanged: event(
    'policy',
    'IpRulesChanged',
    1,
    z.object({
      rules: z.object({
        allow: z.array(z.object({ cidr: z.string(), description: z.string() })),
        block: z.array(z.object({ cidr: z.string(), description: z.string() })),
      }),
      at: Time,
    }),
  ),
} as const;
export type PolicyEvent = EventOf<typeof policyEvents>;

export const Policies = z.object({ security: SecuritySettings, password: PasswordPolicy, ip_rules: IpRules });
export type Policies = z.infer<typeof Policies>;

export const DEFAULT_POLICIES: Policies = {
  security: DEFAULT_SECURITY_SETTINGS,
  password: DEFAULT_PASSWORD_POLICY,
  ip_rules: NO_IP_RULES,
};

export function evolvePolicies(policies: Policies, event: PolicyEvent): Policies {
  switch (event.type) {
    case 'SecuritySettingsChanged':
      return { ...policies, security: event.data.settings };
    case 'PasswordPolicyChanged':
      return { ...policies, password: event.data.policy };
    case 'IpRulesChanged':
      return { ...policies, ip_rules: event.data.rules };
    default:
      return policies;
  }
}
