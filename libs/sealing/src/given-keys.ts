import { readFileSync } from 'node:fs';
import { KeyRingError } from './errors';
import { createKeyRing, type KeyRing } from './key-ring';

/** Key-encryption keys as an installation gives them: in a variable, or in a file that another one names. */
export interface GivenKeys {
  /** Of the variable that holds them; that of their file has `_FILE` behind it. */
  readonly variable: string;
  readonly value: string | undefined;
  readonly file: string | undefined;
  /** What they are for: "it has no keys to …". */
  readonly purpose: string;
}

/** Read now, so that a file that changed is seen. @throws KeyRingError */
export function givenKeyText({ variable, value, file, purpose }: GivenKeys): string {
  if (value !== undefined && file !== undefined)
    throw new KeyRingError(`${variable} and ${variable}_FILE are both set and only one can be meant`);
  if (value !== undefined) return value;
  if (file === undefined) throw new KeyRingError(`it has no keys to ${purpose}`);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new KeyRingError(`${variable}_FILE cannot be read (${(error as Error).message})`);
  }
}

/** The variable that gives them. */
export const variableOf = ({ variable, file }: GivenKeys) => (file === undefined ? variable : `${variable}_FILE`);

/** Why there is no ring of these keys, in one sentence that says what to do; undefined when there is one. */
export function whyNoKeys(given: GivenKeys): string | undefined {
  try {
    createKeyRing(givenKeyText(given));
    return undefined;
  } catch (error) {
    if (!(error instanceof KeyRingError)) throw error;
    const { variable } = given;
    return (
      `${error.message}; set ${variable}_FILE (or ${variable}) to key-encryption keys, each <id>:<base64 of 32 bytes>, ` +
      'the first one wraps; made by: echo "k1:$(openssl rand -base64 32)".'
    );
  }
}

/** @throws KeyRingError; `whyNoKeys` has the sentence for the operator */
export const givenKeyRing = (given: GivenKeys): KeyRing => createKeyRing(givenKeyText(given));
