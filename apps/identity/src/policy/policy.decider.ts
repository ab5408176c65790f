import {
  PersonRole,
  policyEvents,
  schemaVersionsOf,
  type IpRule,
  type IpRules,
  type PasswordPolicy,
  type Policies,
  type PolicyEvent,
  type SecuritySettings,
} from '@ao/contracts';
import type { Aggregate } from '@ao/event-log';
import {
  accept,
  assertNever,
  derivedId,
  isRejection,
  reject,
  type Command,
  type Decider,
  type Decision,
  type Rejection,
} from '@ao/kernel';
import { formatNetwork, mayEnter, parseNetwork } from './ip-network.rules';

export interface PolicyState {
  readonly policies: Policies;
  /** Whether anybody has said if registration is open; until then the installation's environment does. */
  readonly registration_said: boolean;
  readonly changed_at: {
    readonly security: string | null;
    readonly password: string | null;
    readonly ip_rules: string | null;
  };
}

export type ChangeSecuritySettings = Command<'ChangeSecuritySettings', Partial<SecuritySettings>>;
export type ChangePasswordPolicy = Command<'ChangePasswordPolicy', Partial<PasswordPolicy>>;
export type ChangeIpRules = Command<'ChangeIpRules', Partial<IpRules> & { readonly caller_address: string }>;
export type PolicyCommand = ChangeSecuritySettings | ChangePasswordPolicy | ChangeIpRules;

/** The one stream of them. */
export const POLICY_ID = derivedId('policy');

/** The rules that govern access. `defaults` hold until somebody changes them. */
export function policyDecider(defaults: Policies): Decider<PolicyState, PolicyCommand, PolicyEvent> {
  return {
    initialState: () => ({
      policies: defaults,
      registration_said: false,
      changed_at: { security: null, password: null, ip_rules: null },
    }),
    evolve: (state, event) => evolve(defaults, state, event),
    decide(command, state): Decision<PolicyEvent> {
      switch (command.type) {
        case 'ChangeSecuritySettings':
          return changeSecurity(command, state);
        case 'ChangePasswordPolicy':
          return changePassword(command, state);
        case 'ChangeIpRules':
          return changeIpRules(command, state);
        default:
          return assertNever(command);
      }
    },
  };
}

/** Stream `policy-<POLICY_ID>`. */
export function policyAggregate(defaults: Policies): Aggregate<PolicyState, PolicyCommand, PolicyEvent> {
  return {
    category: 'policy',
    decider: policyDecider(defaults),
    schemaVersions: schemaVersionsOf(policyEvents),
    freshIds: 0,
  };
}

function evolve(defaults: Policies, state: PolicyState, event: PolicyEvent): PolicyState {
  const { policies, changed_at } = state;
  switch (event.type) {
    case 'SecuritySettingsChanged': {
      const { settings, changed, at } = event.data;
      const registration_said = state.registration_said || changed.includes('registration_open');
      const { registration_open } = registration_said ? settings : defaults.security;
      return {
        policies: { ...policies, security: { ...settings, registration_open } },
        registration_said,
        changed_at: { ...changed_at, security: at },
      };
    }
    case 'PasswordPolicyChanged':
      return {
        ...state,
        policies: { ...policies, password: event.data.policy },
        changed_at: { ...changed_at, password: event.data.at },
      };
    case 'IpRulesChanged':
      return {
        ...state,
        policies: { ...policies, ip_rules: event.data.rules },
        changed_at: { ...changed_at, ip_rules: event.data.at },
      };
    default:
      return state;
  }
}

function changeSecurity({ data, metadata }: ChangeSecuritySettings, state: PolicyState): Decision<PolicyEvent> {
  const { mfa_required_roles } = data;
  const asked: Partial<SecuritySettings> = mfa_required_roles
    ? { ...data, mfa_required_roles: PersonRole.options.filter((role) => mfa_required_roles.includes(role)) }
    : data;
  const { whole, changed } = merged(state.policies.security, asked);
  // Said for the first time: from now on it holds whatever the environment says, also when it says the same.
  if (asked.registration_open !== undefined && !state.registration_said && !changed.includes('registration_open'))
    changed.push('registration_open');
  if (changed.length === 0) return accept([], whole);
  const event = { type: 'SecuritySettingsChanged' as const, data: { settings: whole, changed, at: metadata.time } };
  return accept([event], whole);
}

function changePassword({ data, metadata }: ChangePasswordPolicy, state: PolicyState): Decision<PolicyEvent> {
  const { whole, changed } = merged(state.policies.password, data);
  if (changed.length === 0) return accept([], whole);
  const event = { type: 'PasswordPolicyChanged' as const, data: { policy: whole, changed, at: metadata.time } };
  return accept([event], whole);
}

/** The lists may be longer than a stored answer: whoever asks reads them from the state. */
function changeIpRules({ data, metadata }: ChangeIpRules, { policies }: PolicyState): Decision<PolicyEvent> {
  const allow = data.allow ? normalised(data.allow, '/allow') : policies.ip_rules.allow;
  if (isRejection(allow)) return allow;
  const block = data.block ? normalised(data.block, '/block') : policies.ip_rules.block;
  if (isRejection(block)) return block;
  const rules = { allow: [...allow], block: [...block] };
  if (!mayEnter(rules, data.caller_address))
    return reject(
      'conflict',
      'would_lock_out',
      'Expected to change the IP rules, but the address this comes from could not change them back',
      data.allow ? '/allow' : '/block',
    );
  if (JSON.stringify(rules) === JSON.stringify(policies.ip_rules)) return accept([]);
  return accept([{ type: 'IpRulesChanged', data: { rules, at: metadata.time } }]);
}

/** One way to write a network, each of them once, the last description of several. */
function normalised(rules: readonly IpRule[], pointer: string): IpRule[] | Rejection {
  const unique = new Map<string, IpRule>();
  for (const [index, { cidr, description }] of rules.entries()) {
    const network = parseNetwork(cidr);
    if (!network) {
      const at = `${pointer}/${index}/cidr`;
      return reject('invalid', 'validation_failed', `Expected to change the IP rules, but '${at}' is no network`, at);
    }
    const written = formatNetwork(network);
    unique.set(written, { cidr: written, description });
  }
  return [...unique.values()];
}

function merged<Whole extends object>(whole: Whole, given: Partial<Whole>): { whole: Whole; changed: string[] } {
  const said = Object.entries(given).filter(([name, value]) => value !== undefined && Object.hasOwn(whole, name));
  const changed = said
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(whole[name as keyof Whole]))
    .map(([name]) => name);
  return { whole: { ...whole, ...Object.fromEntries(said) }, changed };
}
