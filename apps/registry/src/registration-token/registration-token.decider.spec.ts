import type { RegistrationTokenEvent } from '@ao/contracts';
import { newId } from '@ao/kernel';
import { deciderSpec, testCommand } from '@ao/kernel/testing';
import {
  registrationTokenDecider,
  type IssueRegistrationToken,
  type RegistrationTokenCommand,
  type RevokeRegistrationToken,
  type UseRegistrationToken,
} from './registration-token.decider';
import { newSecret, readRegistrationToken, registrationTokenText, digestOf } from './registration-token.text';

const token_id = newId();
const agent_id = newId();
const at = '2026-01-01T00:00:00.000Z';
const data = {
  ...{ token_id, secret_hash: digestOf('secret'), name: null, labels: {}, agent_id: null },
  expires_at: '2026-01-02T00:00:00.000Z',
};
const issued: RegistrationTokenEvent = { type: 'RegistrationTokenIssued', data: { ...data, created_at: at } };
const used: RegistrationTokenEvent = { type: 'RegistrationTokenUsed', data: { token_id, agent_id, at } };
const revoked: RegistrationTokenEvent = { type: 'RegistrationTokenRevoked', data: { token_id, at } };
const { given } = deciderSpec<
  ReturnType<typeof registrationTokenDecider.initialState>,
  RegistrationTokenCommand,
  RegistrationTokenEvent
>(registrationTokenDecider);

const use = (time = at) =>
  testCommand('UseRegistrationToken', { token_id, agent_id, serial: '4' }, { time }) as UseRegistrationToken;
const revoke = testCommand('RevokeRegistrationToken', { token_id }) as RevokeRegistrationToken;

describe('a registration token', () => {
  it('should be issued once', () => {
    const issue = testCommand('IssueRegistrationToken', data) as IssueRegistrationToken;
    given().when(issue).then(issued);
    given(issued).when(issue).thenRejected({ rejection: 'conflict' });
  });

  it('should be used once, before it expires', () => {
    expect(given(issued).when(use()).then(used)).toEqual({ agent_id, serial: '4' });
    given(issued).when(use('2026-01-01T23:59:59.999Z')).thenTypes('RegistrationTokenUsed');
  });

  it.each<[string, RegistrationTokenEvent[], string]>([
    ['unknown', [], at],
    ['used', [issued, used], at],
    ['revoked', [issued, revoked], at],
    ['expired', [issued], '2026-01-02T00:00:00.000Z'],
  ])('rejects to be used when it is %s, always in the same words', (_what, before, time) => {
    given(...before)
      .when(use(time))
      .thenRejected({
        rejection: 'unauthenticated',
        code: 'invalid_registration_token',
        message: 'The registration token is not valid',
      });
  });

  it('should be revoked once, and used or not', () => {
    given(issued).when(revoke).then(revoked);
    given(issued, revoked).when(revoke).then();
    given(issued, used).when(revoke).then(revoked);
    given().when(revoke).thenRejected({ rejection: 'not_found' });
  });
});

describe('its text', () => {
  it('should name the token, and hold a secret whose digest is kept', () => {
    const secret = newSecret();
    expect(readRegistrationToken(registrationTokenText(token_id, secret))).toEqual({
      token_id,
      secret_hash: digestOf(secret),
    });
  });

  it.each(['', 'ao_reg_', `ao_live_${token_id.replaceAll('-', '')}_${'A'.repeat(43)}`, `ao_reg_${token_id}_x`])(
    'rejects %s',
    (text) => {
      expect(readRegistrationToken(text)).toBeUndefined();
    },
  );
});
