import type { Projection } from '@ao/projections';
import { agentProjection } from './agents/agent.projection';
import { alertProjection } from './alerts/alert.projection';
import { apiKeyProjection } from './api-keys/api-key.projection';
import { budgetProjection } from './budgets/budget.projection';
import { channelProjection } from './channels/channel.projection';
import { approvalProjection } from './approvals/approval.projection';
import { breakerProjection } from './circuit-breakers/breaker.projection';
import { certificateProjection } from './certificates/certificate.projection';
import { codeReviewProjection } from './code-reviews/code-review.projection';
import { costProjection } from './costs/cost.projection';
import { installationProjection } from './installations/installation.projection';
import { metricProjection } from './metrics/metric.projection';
import {
  inboxProjection,
  notificationProjection,
  preferencesProjection,
} from './notifications/notification.projection';
import { ruleProjection } from './notification-rules/rule.projection';
import { oauthClientProjection } from './oauth-clients/oauth-client.projection';
import { recordedCapabilityProjection } from './recorded-capabilities/recorded-capability.projection';
import { registrationTokenProjection } from './registration-tokens/registration-token.projection';
import { runsProjection } from './runs/run.projection';
import { scheduleProjection, scheduleRunProjection } from './schedules/schedule.projection';
import { secretProjection } from './secrets/secret.projection';
import { sessionProjection } from './sessions/session.projection';
import { taskTypeProjection } from './task-types/task-type.projection';
import { sshConnectionProjection } from './ssh-connections/ssh-connection.projection';
import { triggerProjection } from './triggers/trigger.projection';
import { taskProjection } from './tasks/task.projection';
import { userProjection } from './users/user.projection';
import { webhookProjection } from './webhooks/webhook.projection';
import { workerProjection } from './workers/worker.projection';
import { workflowProjection } from './workflows/workflow.projection';

/** Every read model of the gateway: what runs, and what `npm run replay -- NAME` knows. */
export const allProjections: readonly Projection[] = [
  agentProjection,
  recordedCapabilityProjection,
  taskProjection,
  userProjection,
  sessionProjection,
  apiKeyProjection,
  oauthClientProjection,
  secretProjection,
  registrationTokenProjection,
  certificateProjection,
  workerProjection,
  sshConnectionProjection,
  channelProjection,
  ruleProjection,
  costProjection,
  budgetProjection,
  breakerProjection,
  taskTypeProjection,
  scheduleProjection,
  scheduleRunProjection,
  workflowProjection,
  runsProjection,
  alertProjection,
  metricProjection,
  approvalProjection,
  codeReviewProjection,
  webhookProjection,
  notificationProjection,
  inboxProjection,
  preferencesProjection,
  triggerProjection,
  installationProjection,
];
