import type { DataOf, TokenOutcome, logIn } from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import type { CommandMetadata } from '@ao/kernel';
import { done } from '@ao/messaging';
import type { Sealer } from '@ao/sealing';
import { createSlots, isBusy, type Slots } from '../password/slots';
import { hiddenPayload } from '../user/user.parts';

export type LoginDoor = (data: DataOf<typeof logIn>, metadata: CommandMetadata) => Promise<CommandResult<TokenOutcome>>;

/** Beyond this many logins at once others wait, so that they leave Postgres' connections to the rest of the service. */
const AT_ONCE = 8;

/**
 * Where logins wait for their turn. Whoever sends a login again while it waits, because no answer came so far, joins it:
 * hundreds that come at once are not hashed twice each.
 */
export function createLoginDoor(
  sealer: Sealer,
  run: LoginDoor,
  slots: Slots = createSlots({ slots: AT_ONCE, waiting: 500 }),
): LoginDoor {
  const underWay = new Map<string, Promise<CommandResult<TokenOutcome>>>();

  async function inTurn(data: DataOf<typeof logIn>, metadata: CommandMetadata): Promise<CommandResult<TokenOutcome>> {
    const answer = await slots.take(() => run(data, metadata));
    if (!isBusy(answer)) return answer;
    return done({ outcome: 'refused', code: 'busy', retry_after_seconds: answer.retry_after_seconds });
  }

  return async (data, metadata) => {
    // The same command only if it asks for the same: the shell refuses a used id with other data.
    const key = `${metadata.command_id} ${await hiddenPayload(sealer, data)}`;
    const running = underWay.get(key) ?? inTurn(data, metadata).finally(() => underWay.delete(key));
    underWay.set(key, running);
    return running;
  };
}
