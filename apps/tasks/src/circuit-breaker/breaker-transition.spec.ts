import type { CommandShell } from '@ao/event-log';
import { reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import { breakerTimer, breakerTransitions, type Transition } from './breaker-transition';

const BREAKER = '01900000-0000-7000-8000-00000000000b';
const close = (position: number): Transition => ({
  type: 'CloseBreaker',
  data: { breaker_id: BREAKER, revision: 2 },
  position,
});

function carryingOut(answer: Rejection | undefined) {
  const sent: { id: string; type: string; metadata: CommandMetadata }[] = [];
  const run = async (_aggregate: unknown, id: string, command: { type: string; metadata: CommandMetadata }) => {
    sent.push({ id, ...command });
    return answer ?? { kind: 'done', result: {}, position: 9 };
  };
  return { sent, carryOut: breakerTransitions({ run: run as unknown as CommandShell['run'] }) };
}

describe('what a breaker does by itself', () => {
  it('should be one timer per breaker, and one command per event that led to it', async () => {
    expect(breakerTimer(close(7)).timer_id).toBe(breakerTimer(close(8)).timer_id);
    const { sent, carryOut } = carryingOut(undefined);
    for (const position of [7, 7, 8]) await carryOut(breakerTimer(close(position)));
    const ids = sent.map(({ metadata }) => metadata.command_id);
    expect(sent[0]).toMatchObject({ id: BREAKER, type: 'CloseBreaker', metadata: { causation_id: 'log@7' } });
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('should be done with when the state has overtaken it, and come again when nothing was decided', async () => {
    const overtaken = carryingOut(reject('conflict', 'breaker_moved_on', 'too late'));
    await expect(overtaken.carryOut(breakerTimer(close(7)))).resolves.toBeUndefined();
    const contended = carryingOut(reject('unavailable', 'contended', 'others were faster'));
    await expect(contended.carryOut(breakerTimer(close(7)))).rejects.toThrow('others were faster');
  });
});
