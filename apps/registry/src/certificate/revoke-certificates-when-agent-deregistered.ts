import type { AgentEvent } from '@ao/contracts';
import type { CommandShell, OwnedSubscription, RecordedEvent } from '@ao/event-log';
import { derivedId, isRejection } from '@ao/kernel';
import { certificateAggregate } from './certificate.decider';

/**
 * What an agent proved itself with ends with it. Gateways do not wait for this: to them an agent that is gone has no valid
 * certificate; it is the revocation list that does.
 */
export function revokeCertificatesWhenAgentDeregistered(shell: CommandShell): OwnedSubscription {
  return {
    name: 'revoke-certificates-when-agent-deregistered',
    categories: ['agent'],
    async handle(events) {
      for (const event of events) {
        const { type, data } = event as RecordedEvent & AgentEvent;
        if (type === 'AgentDeregistered') await revoke(shell, event, data.agent_id);
      }
    },
  };
}

async function revoke(shell: CommandShell, event: RecordedEvent, agent_id: string): Promise<void> {
  const result = await shell.run(certificateAggregate, agent_id, {
    type: 'RevokeCertificates',
    data: { agent_id, reason: 'agent_deregistered' },
    metadata: {
      command_id: derivedId('revoke-certificates', event.stream_id, event.version),
      actor: { type: 'system', id: 'registry' },
      correlation_id: event.metadata.correlation_id,
      causation_id: `${event.category}@${event.position}`,
    },
  });
  if (isRejection(result)) throw new Error(result.message);
}
