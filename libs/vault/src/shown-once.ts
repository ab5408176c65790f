import type { CommandResult, EventLog } from '@ao/event-log';
import { derivedId, isRejection, newId, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { MadeSecret } from './signing-secrets';

/** Stands in the answer that the log keeps of a command that may make up a secret, in place of that. */
export interface Attempt {
  readonly attempt_id: string;
}

export interface SecretCommand<Kept extends Attempt> {
  readonly log: Pick<EventLog, 'answerOf'>;
  readonly metadata: Pick<CommandMetadata, 'command_id'>;
  /** Absent: one is made up. */
  readonly given: string | undefined;
  readonly makeSecret: () => Promise<MadeSecret | Rejection>;
  readonly run: (place: MadeSecret, attemptId: string) => Promise<CommandResult<Kept>>;
}

const NO_SECRET: MadeSecret = { secret_id: derivedId('no secret'), secret_version: 1 };

/** Runs a command that needs a secret, and shows one that was made up to the one attempt that was carried out. */
export async function shownOnce<Kept extends Attempt>({
  log,
  metadata,
  given,
  makeSecret,
  run,
}: SecretCommand<Kept>): Promise<CommandResult<Omit<Kept, 'attempt_id'> & { secret?: string }>> {
  const attemptId = newId();
  const isRepeated = (await log.answerOf(metadata.command_id)) !== undefined;
  // A repetition needs none: the shell knows the answer. One that was given is compared with the first all the same.
  const place = isRepeated && given === undefined ? NO_SECRET : await makeSecret();
  if (isRejection(place)) return place;
  const result = await run(place, attemptId);
  if (isRejection(result)) return result;
  const { attempt_id, ...answer } = result.result;
  if (given === undefined && attempt_id !== attemptId) return alreadyShown();
  const shown = { ...answer, ...(place.made_up !== undefined && { secret: place.made_up }) };
  return { kind: 'done', result: shown, position: result.position };
}

/** The first answer to the same command held the secret, and nothing but the vault keeps it. */
function alreadyShown(): Rejection {
  const why =
    'this command has done so before, and a secret that was made up is shown only once: rotate it for another';
  return reject('conflict', 'secret_already_shown', `Expected to make up a secret, but ${why}`);
}
