import {
  whyNeverGranted,
  type Compensation,
  type DefinitionProblem,
  type InnerStep,
  type Step,
  type WorkflowDefinition,
} from '@ao/contracts';
import { isId } from '@ao/kernel';
import { whyNotCallable, type CallRules } from '@ao/outbound';
import { z } from 'zod';

type Found = Omit<DefinitionProblem, 'step'>;
type Action = Step | InnerStep | Compensation;

/** What can be told of steps' literal texts before they run: ids, times, URLs, and who could ever approve. */
export function* stepProblems({ steps }: WorkflowDefinition, rules: CallRules): Generator<DefinitionProblem> {
  const byKey = new Map(steps.map((step) => [step.key, step]));
  for (const [index, step] of steps.entries()) {
    for (const found of whole(step, `/steps/${index}`, rules)) yield { ...found, step: step.key };
    if (step.type !== 'compensate') continue;
    for (const [place, key] of (step.compensate.steps ?? []).entries()) {
      const pointer = `/steps/${index}/compensate/steps/${place}`;
      const target = byKey.get(key);
      if (!target) {
        const message = `Step '${step.key}' compensates '${key}', but there is no such step`;
        yield { pointer, code: 'unknown_step', message, step: step.key };
      } else if (!canBeCompensated(target)) {
        const message = `Step '${step.key}' compensates '${key}', but that has no compensation`;
        yield { pointer, code: 'no_compensation', message, step: step.key };
      }
    }
  }
}

function* whole(step: Step | InnerStep, at: string, rules: CallRules): Generator<Found> {
  yield* ofAction(step, at, rules);
  if (step.compensation) yield* ofAction(step.compensation, `${at}/compensation`, rules);
  if (step.type === 'map') yield* whole(step.map.step, `${at}/map/step`, rules);
  if (step.type === 'parallel')
    for (const [place, inner] of step.parallel.steps.entries())
      yield* whole(inner, `${at}/parallel/steps/${place}`, rules);
}

function* ofAction(action: Action, at: string, rules: CallRules): Generator<Found> {
  switch (action.type) {
    case 'task':
      yield* idOf(action.task.agent_id, `${at}/task/agent_id`, 'an agent');
      return;
    case 'workflow':
      yield* idOf(action.workflow.workflow_id, `${at}/workflow/workflow_id`, 'a workflow');
      return;
    case 'timer':
      yield* ofTimer(action.timer, `${at}/timer`);
      return;
    case 'webhook':
      yield* ofWebhook(action.webhook, `${at}/webhook`, rules);
      return;
    case 'approval': {
      // Whoever will start the run is not known yet.
      const never = whyNeverGranted({ ...action.approval, requested_by: null });
      if (never) yield { pointer: `${at}/approval${never.pointer}`, code: 'never_granted', message: never.message };
      return;
    }
    case 'map': {
      const { items } = action.map;
      if (typeof items !== 'string' || isOneExpression(items)) return;
      const message = 'The items of a map must be a list, or one expression that gives one';
      yield { pointer: `${at}/map/items`, code: 'not_a_list', message };
      return;
    }
    default:
  }
}

/** Text that expressions will have a say in. */
const isDynamic = (text: string) => text.includes('${{');
/** One that gives its value with its type. */
const isOneExpression = (text: string) => text.lastIndexOf('${{') === 0 && text.endsWith('}}');

function* idOf(text: string | undefined, pointer: string, what: string): Generator<Found> {
  if (text === undefined || isDynamic(text) || isId(text)) return;
  yield { pointer, code: 'not_an_id', message: `'${text}' is not the id of ${what}, nor an expression that gives one` };
}

const Until = z.iso.datetime({ offset: true });

type Of<Type extends Action['type'], Field extends string> =
  Extract<Action, { type: Type }> extends infer A ? (A extends Record<Field, infer Value> ? Value : never) : never;

function* ofTimer({ seconds, until }: Of<'timer', 'timer'>, at: string): Generator<Found> {
  if (typeof seconds === 'string' && !isOneExpression(seconds)) {
    const message = 'The seconds of a timer must be a number, or one expression that gives one';
    yield { pointer: `${at}/seconds`, code: 'not_a_period', message };
  }
  if (until !== undefined && !isDynamic(until) && !Until.safeParse(until).success) {
    const message = `'${until}' is no time in ISO 8601 with its zone, nor an expression that gives one`;
    yield { pointer: `${at}/until`, code: 'not_a_time', message };
  }
}

/** Those that say how a message travels are the sender's. */
const SENDERS_HEADERS: ReadonlySet<string> = new Set(
  (
    'host connection content-length transfer-encoding keep-alive proxy-connection proxy-authorization te trailer upgrade expect ' +
    'webhook-id webhook-timestamp webhook-signature'
  ).split(' '),
);

function* ofWebhook(webhook: Of<'webhook', 'webhook'>, at: string, rules: CallRules): Generator<Found> {
  const { url, method, headers, body } = webhook;
  const why = whyNoUrl(url, rules);
  if (why !== undefined) yield { pointer: `${at}/url`, code: 'url_not_callable', message: `The URL ${why}` };
  const seen = new Set<string>();
  for (const name of Object.keys(headers)) {
    const lower = name.toLowerCase();
    const wrong = SENDERS_HEADERS.has(lower) ? 'is set by the sender' : seen.has(lower) ? 'is given twice' : undefined;
    seen.add(lower);
    if (wrong !== undefined)
      yield { pointer: `${at}/headers/${name}`, code: 'header_not_allowed', message: `The header ${name} ${wrong}` };
  }
  if (method === 'GET' && body !== undefined)
    yield { pointer: `${at}/body`, code: 'body_not_sent', message: 'A GET has no body' };
}

/** Of a URL with expressions as much as stands there already: its scheme, and its host once it is whole. */
function whyNoUrl(url: string, rules: CallRules): string | undefined {
  if (!isDynamic(url)) return whyNotCallable(url, rules);
  const literal = url.slice(0, url.indexOf('${{'));
  if (literal === '') return undefined;
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/?#]+[/?#]/i.test(literal)) return whyNotCallable(literal, rules);
  const scheme = rules.allowPrivate ? /^https?:\/\//i : /^https:\/\//i;
  return scheme.test(literal) ? undefined : 'must be an https URL';
}

function canBeCompensated(step: Step): boolean {
  if (step.compensation) return true;
  if (step.type === 'map') return step.map.step.compensation !== undefined;
  return step.type === 'parallel' && step.parallel.steps.some(({ compensation }) => compensation !== undefined);
}
