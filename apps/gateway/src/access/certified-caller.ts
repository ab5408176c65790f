import type { Principal } from '../http/principal';
import type { ShownCertificate } from './client-certificates';
import type { PrincipalResolver, Proven } from './resolver';

/**
 * Who calls with a certificate: its agent. A token besides must be of the same agent and go with the same certificate;
 * anybody else's is refused, so that no request has two meanings. A forwarded certificate that is none of ours says nothing
 * (proxies forward those of other authorities too), and the token is judged by itself.
 * @param token undefined: none was sent; null: what was sent is none
 */
export async function proveCertified(
  resolver: Pick<PrincipalResolver, 'prove'>,
  shown: ShownCertificate,
  token: string | null | undefined,
): Promise<Proven | undefined> {
  const byCertificate = await shown.prove();
  const byToken = () => (typeof token === 'string' ? resolver.prove(token) : undefined);
  if (!byCertificate) return shown.by === 'proxy' ? byToken() : undefined;
  if (token === undefined) return byCertificate;
  return isSameAgent(byCertificate(), (await byToken())?.()) ? byCertificate : undefined;
}

function isSameAgent(one: Principal | undefined, other: Principal | undefined): boolean {
  if (!one || other?.kind !== 'agent') return false;
  return one.actor.id === other.actor.id && one.certificate?.serial === other.certificate?.serial;
}
