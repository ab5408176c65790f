import { changeUser, endSession } from '@ao/contracts';
import { createEventLog } from '@ao/event-log';
import { newId } from '@ao/kernel';
import { testMetadata } from '@ao/testing';
import { PASSWORD, newEmail, refused, startIdentity, tokensOf, type IdentityHarness } from './identity-harness';

let identity: IdentityHarness;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity?.stop());
const refresh = (refresh_token: string) => identity.refresh(refresh_token);

/** The session has been refreshed so long ago, as far as its stream tells. */
async function refreshedAgo(session_id: string, generation: number, milliseconds: number): Promise<void> {
  const log = createEventLog({ pool: identity.pool });
  const at = new Date(Date.now() - milliseconds).toISOString();
  await log.append({
    streams: [
      {
        stream_id: `session-${session_id}`,
        events: [{ type: 'SessionRefreshed', schema_version: 1, data: { session_id, generation, at } }],
      },
    ],
    metadata: testMetadata(),
    command_hash: '0'.repeat(64),
    result: null,
  });
  await log.close();
}

describe('refreshing', () => {
  it('should give 50 who come at once the same successor, at two replicas', async () => {
    const email = newEmail();
    await identity.user('viewer', email);
    const replica = await identity.secondReplica();
    const { refresh_token, session_id } = await identity.granted({ email, password: PASSWORD });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => refresh(refresh_token)));
    expect(new Set(outcomes.map((outcome) => tokensOf(outcome).refresh_token)).size).toBe(1);
    expect(await identity.typesOf(`session-${session_id}`)).toEqual(['SessionStarted', 'SessionRefreshed']);
    const next = tokensOf(await refresh(tokensOf(outcomes[0]!).refresh_token));
    expect(next.session_id).toBe(session_id);
    await replica.kill();
  });

  it('should end the session when a token comes again after the grace, and not before', async () => {
    const email = newEmail();
    await identity.user('viewer', email);
    for (const [milliseconds, ends] of [
      [5_000, false],
      [11_000, true],
    ] as const) {
      const { refresh_token, session_id } = await identity.granted({ email, password: PASSWORD });
      await refreshedAgo(session_id, 1, milliseconds);
      const outcome = await refresh(refresh_token);
      expect(outcome.outcome).toBe(ends ? 'refused' : 'granted');
      const types = await identity.typesOf(`session-${session_id}`);
      expect(types).toEqual(['SessionStarted', 'SessionRefreshed', ...(ends ? ['SessionEnded'] : [])]);
      if (!ends) continue;
      expect((await identity.told(`session-${session_id}`)).at(-1)!.data).toMatchObject({
        reason: 'refresh_token_reused',
      });
    }
  });

  it('should refuse forged tokens and change nothing', async () => {
    const email = newEmail();
    await identity.user('viewer', email);
    const { refresh_token, session_id, access_token } = await identity.granted({ email, password: PASSWORD });
    const other = await identity.granted({ email, password: PASSWORD });
    const proof = refresh_token.split('_').at(-1)!;
    for (const token of [
      refresh_token.replace('_0_', '_1_'),
      refresh_token.replace(proof, 'A'.repeat(43)),
      refresh_token.replace(session_id.replaceAll('-', ''), other.session_id.replaceAll('-', '')),
      refresh_token.replace(session_id.replaceAll('-', ''), '0'.repeat(32)),
      access_token,
      'x',
    ])
      expect(await refresh(token.slice(0, 1_024))).toEqual(refused('invalid_refresh_token'));
    expect(await identity.typesOf(`session-${session_id}`)).toEqual(['SessionStarted']);
    tokensOf(await refresh(refresh_token));
  });

  it('should end with the session, and the session only for its user', async () => {
    const email = newEmail();
    const user_id = await identity.user('viewer', email);
    const { refresh_token, session_id } = await identity.granted({ email, password: PASSWORD });
    await expect(identity.ask(endSession, { session_id, user_id: newId(), reason: 'revoked' })).resolves.toMatchObject({
      code: 'session_not_found',
    });
    const ended = await identity.expectDone(endSession, { session_id, user_id, reason: 'logged_out' });
    await expect(identity.expectDone(endSession, { session_id, reason: 'revoked' })).resolves.toEqual(ended);
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
  });

  it('should end with being disabled, for good', async () => {
    const email = newEmail();
    const user_id = await identity.user('viewer', email);
    const { refresh_token } = await identity.granted({ email, password: PASSWORD });
    await identity.expectDone(changeUser, { user_id, disabled: true });
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    await identity.expectDone(changeUser, { user_id, disabled: false });
    expect(await refresh(refresh_token)).toEqual(refused('invalid_refresh_token'));
    await identity.granted({ email, password: PASSWORD });
  });
});
