import type { PasswordPolicy } from '@ao/contracts';
import { reject, type Rejection } from '@ao/kernel';

export interface PasswordCandidate {
  readonly password: string;
  /** Of the person whose password it would be. */
  readonly email: string;
  readonly isCommon: (password: string) => boolean;
}

/** Shorter parts of an address stand in many good passwords by chance. */
const SHORTEST_LOCAL_PART = 3;

/** What the policy asks for and this password has not, each as the end of "it must …". Never says anything of the password itself. */
export function missingRules(policy: PasswordPolicy, { password, email, isCommon }: PasswordCandidate): string[] {
  const local = email.slice(0, Math.max(0, email.lastIndexOf('@'))).toLowerCase();
  const rules: readonly (readonly [boolean, string])[] = [
    // What people count as characters, so that neither accents nor emoji make a password look longer than it is.
    [[...password].length < policy.min_length, `have at least ${policy.min_length} characters`],
    [policy.require_uppercase && !/\p{Lu}/u.test(password), 'contain an upper-case letter'],
    [policy.require_lowercase && !/\p{Ll}/u.test(password), 'contain a lower-case letter'],
    [policy.require_digit && !/\p{Nd}/u.test(password), 'contain a digit'],
    [policy.require_symbol && !/[^\p{L}\p{N}\s]/u.test(password), 'contain a symbol'],
    [policy.refuse_common && isCommon(password), 'not be one of the passwords that are tried first'],
    [
      local.length >= SHORTEST_LOCAL_PART && password.toLowerCase().includes(local),
      'not contain the name part of the e-mail address',
    ],
  ];
  return rules.flatMap(([missing, rule]) => (missing ? [rule] : []));
}

/** The refusal that names every rule at once, or undefined. */
export function refusePassword(
  policy: PasswordPolicy,
  candidate: PasswordCandidate,
  pointer: '/password' | '/new_password',
): Rejection | undefined {
  const rules = missingRules(policy, candidate);
  if (rules.length === 0) return undefined;
  return reject('invalid', 'password_policy', `Expected to set a password, but it must ${joined(rules)}`, pointer);
}

const joined = (rules: readonly string[]) =>
  rules.length === 1 ? rules[0]! : `${rules.slice(0, -1).join(', ')} and ${rules.at(-1)!}`;
