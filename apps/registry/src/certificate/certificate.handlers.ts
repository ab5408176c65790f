import { Controller, Inject } from '@nestjs/common';
import {
  agentCaBundle,
  certificateRevocationList,
  enrolAgent,
  issueGatewayCertificate,
  renewCertificate,
  rotateAgentCa,
  type DataOf,
  type ResultOf,
} from '@ao/contracts';
import { isRejection, type Clock, type CommandMetadata } from '@ao/kernel';
import { CommandHandler, QueryHandler, type Answer } from '@ao/messaging';
import { CLOCK } from '@ao/platform';
import { AgentLiveness } from '../agent/agent.liveness';
import { Certificates } from './certificates';
import { runEnrolAgent } from './enrol-agent';
import { runIssueGatewayCertificate } from './issue-gateway-certificate';
import { runRenewCertificate } from './renew-certificate';

/** The doors of enrolment and of agents' certificates on NATS. */
@Controller()
export class CertificateHandlers {
  constructor(
    @Inject(Certificates) private readonly certificates: Certificates,
    @Inject(AgentLiveness) private readonly liveness: AgentLiveness,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @CommandHandler(enrolAgent)
  async enrol(data: DataOf<typeof enrolAgent>, metadata: CommandMetadata): Answer<typeof enrolAgent> {
    const enrolled = await runEnrolAgent(this.certificates.enrolment, data, metadata);
    if (!isRejection(enrolled)) {
      const { agent_id, heartbeat_interval_seconds } = enrolled.result;
      this.liveness.beat(agent_id, this.clock.now(), heartbeat_interval_seconds);
    }
    return enrolled;
  }

  @CommandHandler(renewCertificate)
  renew(data: DataOf<typeof renewCertificate>, metadata: CommandMetadata): Answer<typeof renewCertificate> {
    return runRenewCertificate(this.certificates.enrolment, data, metadata);
  }

  @CommandHandler(issueGatewayCertificate)
  issueForGateway(
    data: DataOf<typeof issueGatewayCertificate>,
    metadata: CommandMetadata,
  ): Answer<typeof issueGatewayCertificate> {
    return runIssueGatewayCertificate(this.certificates.issuing, data, metadata);
  }

  @CommandHandler(rotateAgentCa)
  rotate(_data: DataOf<typeof rotateAgentCa>, metadata: CommandMetadata): Answer<typeof rotateAgentCa> {
    return this.certificates.authorities.rotate(metadata);
  }

  @QueryHandler(agentCaBundle)
  async bundle(): Promise<ResultOf<typeof agentCaBundle>> {
    return { bundle: this.certificates.authorities.bundle };
  }

  @QueryHandler(certificateRevocationList)
  async revocationList(): Promise<ResultOf<typeof certificateRevocationList>> {
    return { crl: (await this.certificates.revocationList()).toString('base64') };
  }
}
