import { Client, type Approval } from '@agent-orchestration/sdk';
import type { Stack } from '../apps/launcher/src/stack';
import { DemoError } from './documents';

/**
 * Decides as a person: the first administrator, who did not start the run (the operator's key did), so that two different
 * principals stand in the log. What is granted is exactly what was shown: the hash goes with the decision.
 */
export async function approve(stack: Stack, approval: Approval, signal: AbortSignal): Promise<Approval> {
  const { email, password } = stack.admin;
  const answer = await fetch(`${stack.url}/api/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
    signal,
  });
  if (!answer.ok) throw new DemoError(`The administrator could not log in: ${answer.status} ${await answer.text()}`);
  const { access_token: apiKey } = (await answer.json()) as { access_token: string };
  const person = new Client({ baseUrl: stack.url, apiKey, maxRetries: 12 });
  try {
    const { id, argumentsHash } = approval;
    return await person.approvals.approve(id, { argumentsHash, comment: 'Looked at in the demo' }, { signal });
  } finally {
    person.close();
  }
}
