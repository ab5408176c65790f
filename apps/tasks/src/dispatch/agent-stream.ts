import type { AgentStreamMessage, StreamedTask } from '@ao/contracts';
import { agentStreamSubject, type Bus } from '@ao/messaging';
import type { OpenLease } from '../open-task/open-task';
import type { Submission } from './submissions';

type Publisher = Pick<Bus, 'publish' | 'publishText'>;

/** To the socket of the lease's agent, wherever it is. Lost messages are repeated by whoever sees that nothing started. */
export function sendAssignment(bus: Publisher, taskId: string, lease: OpenLease, submission: Submission): void {
  const { type, priority, submitted_at, lease_seconds, payload } = submission;
  const task: Omit<StreamedTask, 'payload'> = {
    taskId,
    taskType: type,
    priority,
    createdAt: submitted_at,
    attempt: lease.attempt,
    leaseToken: lease.lease_token,
    leaseExpiresAt: lease.expires_at,
    timeout: lease_seconds,
  };
  // The payload is JSON text already and may be large.
  const text = `{"type":"task_assigned","task":${JSON.stringify(task).slice(0, -1)},"payload":${payload}}}`;
  bus.publishText(agentStreamSubject(lease.agent_id), text);
}

export function sendCancellation(bus: Publisher, taskId: string, agentId: string, reason: string): void {
  const message: AgentStreamMessage = { type: 'task_cancelled', taskId, reason };
  bus.publish(agentStreamSubject(agentId), message);
}
