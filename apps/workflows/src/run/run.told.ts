import type { StepFailure } from '@ao/contracts';
import { assertNever } from '@ao/kernel';
import type { Outcome } from './run.commands';
import type { RunDraft } from './run.draft';
import { complete, fail, failAttempt, waiting } from './run.outcome';
import { doingOf, isContainer } from './run.plan';

/** What became of what a node waits for. What is told twice, too late or of an earlier attempt changes nothing. */
export function tell(draft: RunDraft, command: Outcome): void {
  switch (command.type) {
    case 'TaskEnded': {
      const { node, task_id, status, result, failure } = command.data;
      const doing = waiting(draft, node, 'task', (work) => work.task_id === task_id);
      if (!doing) return;
      if (status === 'completed') return complete(draft, doing, result ?? null);
      return failAttempt(draft, doing, {
        class: failure?.class ?? `task_${status}`,
        message: failure?.message ?? `Task '${task_id}' is ${status.replace('_', ' ')}`,
      });
    }
    case 'ApprovalEnded': {
      const { node, approval_id, status, votes } = command.data;
      const doing = waiting(draft, node, 'approval', (work) => work.approval_id === approval_id);
      if (!doing) return;
      if (status === 'approved') return complete(draft, doing, { status, votes });
      const rejected = votes.findLast(({ vote }) => vote === 'reject');
      const by = rejected ? ` by ${rejected.by}${rejected.comment && `: ${rejected.comment}`}` : '';
      const message = `Approval '${approval_id}' ${status === 'expired' ? 'has' : 'was'} ${status}${by}`;
      // What people refused is not asked again; what nobody answered in time may be.
      return failAttempt(draft, doing, { class: `approval_${status}`, message }, status === 'expired');
    }
    case 'ChildEnded': {
      const { node, child_run_id, status, output, failure } = command.data;
      const doing = waiting(draft, node, 'workflow', (work) => work.child_run_id === child_run_id);
      if (!doing) return;
      if (status === 'completed') return complete(draft, doing, output ?? null);
      const message = `Run '${child_run_id}' ${status === 'failed' ? 'failed' : 'was cancelled'}`;
      const why: StepFailure = failure
        ? { class: failure.class, message: `${message}: ${failure.message}` }
        : { class: `run_${status}`, message };
      return failAttempt(draft, doing, why);
    }
    case 'WebhookEnded': {
      const { data } = command;
      const doing = waiting(draft, data.node, 'webhook', (work) => work.request_id === data.request_id);
      if (!doing) return;
      return data.ok ? complete(draft, doing, data.output) : failAttempt(draft, doing, data.failure, data.retryable);
    }
    case 'WorkRefused': {
      const { node, attempt, failure } = command.data;
      const known = Object.hasOwn(draft.run.nodes, node) ? draft.node(node) : undefined;
      // Nobody but the run begins what stands for others.
      if (known?.status !== 'running' || known.attempt !== attempt || isContainer(known.work?.type ?? '')) return;
      const doing = doingOf(draft.plan, node);
      return doing && fail(draft, doing, failure);
    }
    default:
      return assertNever(command);
  }
}
