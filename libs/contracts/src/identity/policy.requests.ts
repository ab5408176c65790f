import { z } from 'zod';
import { command, query } from '../contract';
import { Json, Time } from '../text';
import { RefusalKind } from './refusal';
import { IpRules, PasswordPolicy, Policies, SecuritySettings } from './policy';

/** All that governs access, and the values of the settings, as the log has them now. */
export const showPolicies = query(
  'identity.show_policies',
  z.object({}),
  Policies.extend({
    settings: z.record(z.string(), Json),
    changed_at: z.object({
      security: Time.nullable(),
      password: Time.nullable(),
      ip_rules: Time.nullable(),
      settings: Time.nullable(),
    }),
  }),
);
/** The fields given change, the others stay; the answer is the whole. */
export const changeSecuritySettings = command(
  'identity.change_security_settings',
  SecuritySettings.partial(),
  SecuritySettings,
);
export const changePasswordPolicy = command(
  'identity.change_password_policy',
  PasswordPolicy.partial(),
  PasswordPolicy,
);
/** Replaces the lists given. Refused with `would_lock_out` when `caller_address` could not make this very change again. */
export const changeIpRules = command(
  'identity.change_ip_rules',
  IpRules.partial().extend({ caller_address: z.string().max(64) }),
  IpRules,
);
/** By `category.key`; all or none. A value of the wrong type is refused with its pointer. */
export const changeSettings = command(
  'identity.change_settings',
  z.object({
    changes: z
      .array(z.object({ name: z.string().max(200), value: Json }))
      .min(1)
      .max(200),
  }),
  z.object({ changed: z.array(z.string()), changed_at: Time }),
);

/** What a gateway refused within the last moments, already counted together. Bounded again by identity. */
export const recordRefusals = command(
  'identity.record_refusals',
  z.object({
    refusals: z
      .array(
        z.object({
          kind: RefusalKind,
          code: z.string().max(64),
          route: z.string().max(200).nullable(),
          permission: z.string().max(64).nullable(),
          principal: z.object({ type: z.string().max(32), id: z.string().max(64) }).nullable(),
          /** In clear: identity seals it. */
          address: z.string().max(64).nullable(),
          count: z.int().min(1),
          first_at: Time,
          last_at: Time,
        }),
      )
      .min(1)
      .max(100),
  }),
  z.object({ recorded: z.int() }),
);
