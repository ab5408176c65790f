import {
  gatewayCertificateEvents,
  schemaVersionsOf,
  type DataOf,
  type GatewayCertificateEvent,
  type issueGatewayCertificate,
} from '@ao/contracts';
import type { Aggregate, CommandShell } from '@ao/event-log';
import { accept, derivedId, isRejection, type Command, type CommandMetadata, type Decider } from '@ao/kernel';
import type { Answer } from '@ao/messaging';
import type { Authorities } from './authorities';
import { requestedKey } from './enrol-agent';

type Issued = GatewayCertificateEvent['data'];
type IssueGatewayCertificate = Command<'IssueGatewayCertificate', Omit<Issued, 'at'>>;

/** Written once; a serial is never issued again. */
const gatewayCertificateDecider: Decider<Issued | undefined, IssueGatewayCertificate, GatewayCertificateEvent> = {
  initialState: () => undefined,
  evolve: (_issued, event) => event.data,
  decide: ({ data, metadata }) =>
    accept([{ type: 'GatewayCertificateIssued', data: { ...data, at: metadata.time } }], { serial: data.serial }),
};

const gatewayCertificateAggregate: Aggregate<Issued | undefined, IssueGatewayCertificate, GatewayCertificateEvent> = {
  category: 'gatewaycertificate',
  decider: gatewayCertificateDecider,
  schemaVersions: schemaVersionsOf(gatewayCertificateEvents),
};

/** A certificate by which agents know a gateway; its key stays where the request came from. */
export async function runIssueGatewayCertificate(
  { shell, authorities }: { readonly shell: CommandShell; readonly authorities: Authorities },
  { csr, names }: DataOf<typeof issueGatewayCertificate>,
  metadata: CommandMetadata,
): Answer<typeof issueGatewayCertificate> {
  const key = requestedKey(csr, undefined);
  if (isRejection(key)) return key;
  const { id, authority } = authorities.forGateways;
  const { certificate, ...issued } = authority.issueForGateway(names, key);
  const recorded = await shell.run(
    gatewayCertificateAggregate,
    derivedId('gateway-certificate', issued.serial),
    { type: 'IssueGatewayCertificate', data: { ...issued, ca_id: id, names }, metadata },
    { payload: { csr, names }, isNew: true },
  );
  if (isRejection(recorded)) return recorded;
  // The same command again would be answered with the serial of a certificate that nobody has any more: the next is asked for.
  const { serial, expires_at } = issued;
  return { kind: 'done', result: { serial, certificate, expires_at }, position: recorded.position };
}
