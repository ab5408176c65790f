import type { DataOf, sendNotice } from '@ao/contracts';
import { inTransaction, type CommandShell } from '@ao/event-log';
import { derivedId, isoTime, reject, type Clock, type CommandMetadata } from '@ao/kernel';
import { done, type Answer } from '@ao/messaging';
import type { Timers } from '@ao/timers';
import type { Pool } from 'pg';
import { channelAggregate } from '../channel/channel.decider';
import { NOTICE, type Notice } from '../notice';

export interface NoticesOptions {
  readonly pool: Pool;
  readonly shell: Pick<CommandShell, 'state'>;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'schedule' | 'nudge'>;
}

/** What other services have to tell people. */
export class Notices {
  constructor(private readonly options: NoticesOptions) {}

  /** Sets the notice on its way; a repetition finds what is told already (`tellPeopleWhenNoticed`). */
  async send(data: DataOf<typeof sendNotice>, { command_id }: CommandMetadata): Answer<typeof sendNotice> {
    const { pool, shell, clock, timers } = this.options;
    for (const [index, channel] of data.channels.entries()) {
      const { state } = await shell.state(channelAggregate, channel, { fresh: true });
      if (state) continue;
      const why = `Expected a notice whose channels there are, but '${channel}' names none`;
      return reject('invalid', 'channel_unknown', why, `/channels/${index}`);
    }
    const notice: Notice = {
      notice_id: derivedId('sent-notice', command_id),
      ...{ ...data, rule_id: null, event: null, position: null },
    };
    const timer_id = `notice-${notice.notice_id}`;
    const due_at = isoTime(clock.now());
    await inTransaction(pool, (transaction) =>
      timers.schedule(transaction, [{ timer_id, due_at, kind: NOTICE, payload: notice }]),
    );
    timers.nudge();
    return done({ notice_id: notice.notice_id });
  }
}
