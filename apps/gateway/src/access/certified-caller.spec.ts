import { newId } from '@ao/kernel';
import type { Principal } from '../http/principal';
import { proveCertified } from './certified-caller';
import type { ShownCertificate } from './client-certificates';
import type { Proven } from './resolver';

const agentOf = (id: string, serial: string): Principal => ({
  ...{ kind: 'agent', actor: { type: 'agent', id }, permissions: new Set() },
  certificate: { serial, expiresAt: 0 },
});
const id = newId();
const self = agentOf(id, 'a');
const callers: Record<string, Principal> = {
  self,
  renewed: agentOf(id, 'b'),
  other: agentOf(newId(), 'a'),
  person: { kind: 'user', actor: { type: 'user', id }, permissions: new Set() },
};
const resolver = {
  prove: (token: string): Proven | undefined => {
    const caller = callers[token];
    return caller && (() => caller);
  },
};
const shown = (by: ShownCertificate['by'], principal?: Principal): ShownCertificate => ({
  by,
  prove: async () => principal && (() => principal),
});
const judged = async (certificate: ShownCertificate, token?: string | null) =>
  (await proveCertified(resolver, certificate, token))?.();

describe('who calls with a certificate', () => {
  it.each(['connection', 'proxy'] as const)(
    'should be its agent, with no other credential besides, by %s',
    async (by) => {
      expect(await judged(shown(by, self))).toBe(self);
      expect(await judged(shown(by, self), 'self')).toBe(self);
      for (const token of ['renewed', 'other', 'person', 'nobody', null])
        expect(await judged(shown(by, self), token)).toBeUndefined();
    },
  );

  it('should be nobody when the certificate of the connection is not good, whatever else is shown', async () => {
    for (const token of [undefined, null, 'self', 'person'])
      expect(await judged(shown('connection'), token)).toBeUndefined();
  });

  it('should be who the token says when the forwarded certificate is none of ours', async () => {
    expect(await judged(shown('proxy'), 'person')).toBe(callers['person']);
    for (const token of [undefined, null, 'nobody']) expect(await judged(shown('proxy'), token)).toBeUndefined();
  });
});
