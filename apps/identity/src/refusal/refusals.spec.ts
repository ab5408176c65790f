import { refusalEvents, userSubject, type RefusalEvent } from '@ao/contracts';
import type { CommandShell } from '@ao/event-log';
import { newId, reject } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import { testSealer } from '@ao/sealing/testing';
import { refusalDecider } from './refusal.decider';
import { createRefusalRecorder } from './refusals';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const ADDRESS = '192.0.2.77';

/** The shell's part is to append; what it was given is looked at. */
function harness() {
  const sealer = testSealer();
  const written: RefusalEvent['data'][] = [];
  const commandIds: string[] = [];
  const errors: unknown[] = [];
  let down = false;
  const run = (
    _aggregate: unknown,
    _id: string,
    command: { data: RefusalEvent['data']; metadata: { command_id: string } },
  ) => {
    commandIds.push(command.metadata.command_id);
    if (down) return Promise.resolve(reject('unavailable', 'log_unavailable', 'Expected to append, but cannot'));
    written.push(refusalEvents.AccessRefused.data.parse(command.data));
    return Promise.resolve({ kind: 'done', result: {}, position: 1 });
  };
  const recorder = createRefusalRecorder({
    shell: { run } as unknown as CommandShell,
    sealer,
    clock: { now: () => NOW },
    onError: (error) => errors.push(error),
  });
  return { sealer, written, commandIds, errors, recorder, goDown: (now: boolean) => (down = now) };
}

describe('recording refusals', () => {
  it("should seal the address under the user's key, or under the installation's", async () => {
    const { recorder, written, sealer } = harness();
    const [known, erased] = [newId(), newId()];
    await sealer.destroy(userSubject(erased));
    recorder.record({ kind: 'login', code: 'invalid_credentials', address: ADDRESS, user_id: known });
    recorder.record({ kind: 'login', code: 'invalid_credentials', address: ADDRESS, user_id: erased });
    recorder.record({ kind: 'login', code: 'invalid_credentials', address: ADDRESS });
    recorder.record({ kind: 'login', code: 'unknown_origin' });
    await recorder.flush();
    const addressOf = (user_id: string | null, code = 'invalid_credentials') =>
      written.find((refusal) => refusal.user_id === user_id && refusal.code === code)!.address;
    const [ofKnown, ofErased, ofNobody, nowhere] = [
      ...[addressOf(known), addressOf(erased), addressOf(null)],
      addressOf(null, 'unknown_origin'),
    ];
    expect(ofKnown).toContain(userSubject(known));
    expect(ofErased).toMatch(/^s1\.installation\./);
    expect(ofNobody).toMatch(/^s1\.installation\./);
    expect(nowhere).toBeNull();
    expect(await sealer.open(ofKnown!, 'address')).toBe(ADDRESS);
    expect(JSON.stringify(written)).not.toContain(ADDRESS);
  });

  it('should keep what could not be written, and write it once', async () => {
    const { recorder, written, commandIds, errors, goDown } = harness();
    goDown(true);
    recorder.record({ kind: 'credential', code: 'invalid_client', address: ADDRESS });
    await recorder.flush();
    await recorder.flush();
    expect([written.length, errors.length]).toEqual([0, 2]);
    goDown(false);
    await recorder.flush();
    await recorder.flush();
    expect(written).toMatchObject([{ kind: 'credential', code: 'invalid_client', route: null, count: 1 }]);
    // The same command each time, so that an attempt whose outcome was unknown is not repeated in the log.
    expect(commandIds).toHaveLength(3);
    expect(new Set(commandIds).size).toBe(1);
  });

  it('should write everything at the end', async () => {
    const { recorder, written } = harness();
    const refusal = { kind: 'permission', code: 'forbidden', permission: 'users:manage' } as const;
    recorder.record(refusal);
    await recorder.flush();
    recorder.record(refusal);
    await recorder.flush();
    expect(written).toHaveLength(1);
    await recorder.stop();
    expect(written).toHaveLength(2);
  });

  it('should be written once by its stream', () => {
    const data = refusalEvents.AccessRefused.data.parse({
      ...{ refusal_id: newId(), kind: 'login', code: 'x', route: null, permission: null, principal: null },
      ...{ user_id: null, email_index: null, address: null, count: 1 },
      ...{ first_at: '2026-01-01T00:00:00.000Z', last_at: '2026-01-01T00:00:00.000Z' },
    });
    const command = testCommand('RecordRefusal', data);
    const { given } = deciderSpec(refusalDecider);
    given().when(command).then({ type: 'AccessRefused', data });
    given({ type: 'AccessRefused', data }).when(command).then();
  });
});
