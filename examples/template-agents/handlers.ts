import type { TaskHandler } from '@agent-orchestration/sdk';
import * as deployment from './deployment';
import * as documents from './documents';
import * as incidents from './incidents';
import * as report from './report';
import * as research from './research';

export interface AgentOptions {
  /** Of the control plane. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  /** What researchers ask, where their template names a model. */
  readonly model?: research.Model;
}

/** What the agents of the templates can do, by type of task. */
export function templateHandlers(options: AgentOptions): Readonly<Record<string, TaskHandler>> {
  return {
    'documents.split': documents.split,
    'documents.summarise': documents.summarise,
    'documents.merge': documents.merge,
    'deploy.check': deployment.check,
    'deploy.release': deployment.release,
    'report.figures': report.figures(options),
    'report.render': report.render,
    'incidents.score': incidents.score,
    'incidents.note': incidents.note,
    'research.plan': research.plan,
    'research.gather': research.gather(options.model),
    'research.merge': research.merge,
  };
}
