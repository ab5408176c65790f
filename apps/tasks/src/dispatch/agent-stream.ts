import type { AgentStreamMessage, TaskEvent } from '@ao/contracts';
import { agentStreamSubject, type Bus } from '@ao/messaging';
import type { OpenLease } from '../open-task/open-task';
import type { Submission } from './submissions';

type Publisher = Pick<Bus, 'publish' | 'publishText'>;
type AssignedTask = Extract<AgentStreamMessage, { type: 'task_assigned' }>['task'];

/** To the socket of the lease's agent, wherever it is. Lost messages are repeated by whoever sees that nothing started. */
export function sendAssignment(bus: Publisher, taskId: string, lease: OpenLease, submission: Submission): void {
  const { type, priority, submitted_at, lease_seconds, payload, texts, credentials } = submission;
  const task: Omit<AssignedTask, 'payload'> = {
    taskId,
    taskType: type,
    ...texts,
    priority,
    createdAt: submitted_at,
    attempt: lease.attempt,
    leaseToken: lease.lease_token,
    leaseExpiresAt: lease.expires_at,
    timeout: lease_seconds,
    ...(credentials && { credentials }),
  };
  // The payload is JSON text already and may be large.
  const text = `{"type":"task_assigned","task":${JSON.stringify(task).slice(0, -1)},"payload":${payload}}}`;
  bus.publishText(agentStreamSubject(lease.agent_id), text);
}

export function sendToAgent(bus: Publisher, agentId: string, message: AgentStreamMessage): void {
  bus.publish(agentStreamSubject(agentId), message);
}

/**
 * What the agent that had the task when this happened must hear. A message that is lost costs it the rest of the lease at
 * most: a lease that is over is not renewed, and an answer comes again with the task when the agent connects or polls.
 */
export function messageForAgent(event: TaskEvent, lease: OpenLease): AgentStreamMessage | undefined {
  const stop = (reason: string): AgentStreamMessage => {
    return { type: 'task_cancelled', taskId: event.data.task_id, reason };
  };
  switch (event.type) {
    case 'TaskInputProvided':
      return { type: 'task_input', taskId: event.data.task_id, input: event.data.input };
    case 'TaskCancelled':
    case 'TaskPaused':
      return stop(event.data.reason);
    case 'TaskExpired':
      return stop('deadline_passed');
    case 'TaskResultAccepted':
      return stop('result_accepted');
    case 'TaskDeadLettered':
      // Otherwise by its own report.
      return event.data.agent_id === lease.agent_id ? undefined : stop('dead_lettered');
    default:
      return undefined;
  }
}
