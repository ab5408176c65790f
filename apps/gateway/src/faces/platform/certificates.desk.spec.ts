import { ROLE_PERMISSIONS, type DataOf, type renewCertificate } from '@ao/contracts';
import { newId } from '@ao/kernel';
import type { CommandPath } from '../../commands/command-path';
import type { Call } from '../../http/call';
import type { Principal } from '../../http/principal';
import { unavailable } from '../../http/problem';
import { CertificateDesk } from './certificates.desk';

const NOW = Date.UTC(2026, 0, 10, 14);
const HOUR = 3_600;
const agentId = newId();

function agent(secondsLeft: number): Principal {
  return {
    kind: 'agent',
    actor: { type: 'agent', id: agentId },
    permissions: ROLE_PERMISSIONS.agent,
    certificate: { serial: '4'.repeat(32), expiresAt: NOW / 1000 + secondsLeft },
  };
}

/** A desk whose commands are kept, and answered unless `away`. */
function desk(away = false) {
  const sent: DataOf<typeof renewCertificate>[] = [];
  const commands = {
    send: (_call: Call, _contract: unknown, data: DataOf<typeof renewCertificate>) => {
      sent.push(data);
      if (away) return Promise.reject(unavailable('service_unavailable', 'nobody answers'));
      return Promise.resolve({ token: 'jwt', certificate: 'pem', ca: 'ca', expires_at: '2026-01-11T14:00:00.000Z' });
    },
  } as unknown as CommandPath;
  return { sent, desk: new CertificateDesk(commands, { now: () => NOW }) };
}

const call = (principal: Principal) => ({ principal }) as Call;

describe('renewal in the heartbeat', () => {
  it('should come within the last hour', async () => {
    const { sent, desk: renewing } = desk();
    expect(await renewing.renewal(call(agent(HOUR - 1)))).toEqual({
      token: 'jwt',
      certificateRenewal: { cert: 'pem', ca: 'ca', expiresAt: '2026-01-11T14:00:00.000Z' },
    });
    expect(sent).toEqual([{ agent_id: agentId, serial: '4'.repeat(32) }]);
  });

  it('should not come before, nor to who is no agent', async () => {
    const { sent, desk: renewing } = desk();
    expect(await renewing.renewal(call(agent(HOUR)))).toBeUndefined();
    expect(await renewing.renewal(call({ ...agent(1), kind: 'api_key' }))).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it('should be left out while it cannot be had: the beat counts all the same', async () => {
    const { sent, desk: renewing } = desk(true);
    expect(await renewing.renewal(call(agent(60)))).toBeUndefined();
    expect(sent).toHaveLength(1);
  });
});

describe('renewal by request', () => {
  it('should be for the agent itself, whatever is left', async () => {
    const { sent, desk: renewing } = desk();
    expect(await renewing.renewedFor(call(agent(20 * HOUR)), 'csr')).toMatchObject({ token: 'jwt' });
    expect(sent).toEqual([{ agent_id: agentId, serial: '4'.repeat(32), csr: 'csr' }]);
    await expect(renewing.renewedFor(call({ ...agent(1), kind: 'user' }), 'csr')).rejects.toMatchObject({
      status: 403,
    });
  });
});
