import type { ServiceStatus } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { SERVICE_STATUS, SERVICE_STATUS_WANTED, type BusMessage } from '@ao/messaging';
import { ServiceBoard } from './service.board';

const LONG = 60_000;

/** A bus on which some processes answer who asks; the others are silent. */
function installation(processes: readonly { service: string; id?: string; answers?: boolean }[], connected = true) {
  let hear: (body: unknown) => void = () => undefined;
  const say = (service: string, instance_id: string, changes: Partial<ServiceStatus> = {}) =>
    hear({
      ...{ service, instance_id, at: '2026-01-01T00:00:00.000Z', ready: true, stopping: false },
      ...{ failing: [], subscriptions: [], ...changes },
    });
  const clock = { now: 0 };
  const known = processes.map((process) => ({ id: newId(), answers: true, ...process }));
  const board = new ServiceBoard(
    {
      subscribe: (subject: string, handler: (body: unknown, message: BusMessage) => void) => {
        expect(subject).toBe(SERVICE_STATUS);
        hear = (body) => handler(body, undefined as never);
        return Promise.resolve({ stop: () => Promise.resolve() });
      },
      publish: (subject) => {
        expect(subject).toBe(SERVICE_STATUS_WANTED);
        if (connected)
          setImmediate(() => {
            for (const { service, id, answers } of known) if (answers) say(service, id);
          });
        return connected;
      },
    },
    () => clock.now,
  );
  return { board, clock, known, say };
}

describe('the board of services', () => {
  it('should not wait for longer than the last of those it expects', async () => {
    const { board } = installation([{ service: 'tasks' }, { service: 'registry' }]);
    await board.start();
    const { processes } = await board.ask(['tasks', 'registry'], LONG);
    expect(processes.map(({ status }) => status.service).sort()).toEqual(['registry', 'tasks']);
  });

  it('should wait for each process that it has heard of, and no longer than it may', async () => {
    const { board, clock, known, say } = installation([{ service: 'tasks' }, { service: 'tasks', answers: false }]);
    await board.start();
    say('tasks', known[1]!.id);
    clock.now = 1_000;
    const { askedAt, processes } = await board.ask(['tasks'], 20);
    expect(processes.map(({ heardAt }) => heardAt >= askedAt).sort()).toEqual([false, true]);
  });

  it('should forget who has said its last word, and who has said none for long', async () => {
    const { board, clock, known, say } = installation([{ service: 'tasks' }, { service: 'tasks', answers: false }]);
    await board.start();
    const gone = newId();
    say('tasks', known[1]!.id);
    say('registry', gone);
    say('registry', gone, { stopping: true });
    clock.now = 20_000;
    const { processes } = await board.ask(['tasks'], 20);
    expect(processes.map(({ status }) => status.instance_id)).toEqual([known[0]!.id]);
  });

  it('should answer at once with what it knows while there is no connection', async () => {
    const { board, clock, say } = installation([], false);
    await board.start();
    say('tasks', newId());
    clock.now = 1;
    const { askedAt, processes } = await board.ask(['tasks', 'registry'], LONG);
    expect(processes.filter(({ heardAt }) => heardAt >= askedAt)).toEqual([]);
    expect(processes).toHaveLength(1);
  });

  it('should pass over what is no word of a service', async () => {
    const { board, say } = installation([], false);
    await board.start();
    say('tasks', 'no id');
    expect((await board.ask([], LONG)).processes).toEqual([]);
  });
});
