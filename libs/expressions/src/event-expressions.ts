import type { Environment } from '@marcbachmann/cel-js';
import { baseEnvironment, compileCel, reasonOf, refusal, TIME, type CelError, type Compiled } from './cel';
import { withinBudget } from './cel-meter';
import { cleanText } from './cel-values';
import { celEvent, CelEvent, CelSubject, celTask, CelTask, printed, type CelInput } from './event-values';
import { piecesOf } from './template-pieces';

/**
 * Expressions in CEL (https://github.com/google/cel-spec) over events. `filter`: over `event` alone, as webhooks have them.
 * `rule`: `task` as well. `notice`: a rule's texts, which also have `count` and `events` of a group.
 */
export type CelScope = 'filter' | 'rule' | 'notice';

export interface Condition {
  readonly ok: true;
  /** Whether it needs `CelInput.task`. */
  readonly task: boolean;
  /**
   * Whether the event is one of those meant. Never throws: where it cannot be worked out (a field that the event does not
   * have, too many steps) it is false, and `failed` hears why.
   */
  evaluate(event: CelInput['event'], failed?: (reason: string) => void, input?: Omit<CelInput, 'event'>): boolean;
}

export interface Template {
  readonly ok: true;
  readonly task: boolean;
  /** Whether it speaks of the events of a group: `count`, `events`. */
  readonly plural: boolean;
  /** The text; what cannot be worked out is left out of it, and `failed` hears why. Cut to `max` characters. */
  render(input: CelInput, max: number, failed?: (reason: string) => void): string;
}

function environment(scope: CelScope): Environment {
  const env = baseEnvironment()
    .registerType('Subject', { ctor: CelSubject, fields: { kind: 'string', id: 'string' } })
    .registerType('Event', {
      ctor: CelEvent,
      fields: { name: 'string', position: 'int', time: TIME, subject: 'Subject', data: 'dyn' },
    })
    .registerType('Task', {
      ctor: CelTask,
      fields: {
        ...{ type: 'string', title: 'string', priority: 'int', pool: 'string' },
        ...{ capabilities: 'list<string>', submitted_at: TIME },
      },
    })
    .registerVariable('event', 'Event');
  if (scope !== 'filter') env.registerVariable('task', 'Task');
  if (scope === 'notice') env.registerVariable('count', 'int').registerVariable('events', 'list<Event>');
  return env;
}

const environments = new Map<CelScope, Environment>();
function environmentOf(scope: CelScope): Environment {
  let env = environments.get(scope);
  if (!env) environments.set(scope, (env = environment(scope)));
  return env;
}

/** An expression that is true or false over an event. */
export function compileCondition(text: string, scope: CelScope = 'filter'): Condition | CelError {
  const compiled = compileCel(text, environmentOf(scope));
  if (!compiled.ok) return compiled;
  if (compiled.type !== 'bool' && compiled.type !== 'dyn')
    return refusal(`must be true or false, but is ${compiled.type}`);
  const { names } = compiled;
  return {
    ok: true,
    task: names.has('task'),
    evaluate(event, failed, input) {
      try {
        const value = worked(compiled, { ...input, event });
        if (typeof value === 'boolean') return value;
        failed?.('the condition is neither true nor false');
      } catch (error) {
        failed?.(reasonOf(error));
      }
      return false;
    },
  };
}

/** An expression whose value is taken as text. */
export function compileText(text: string, scope: CelScope): Template | CelError {
  const compiled = compileCel(text, environmentOf(scope));
  return compiled.ok ? templateOf([compiled]) : compiled;
}

/** Text in which `${{ expression }}` stands for the expression's value. */
export function compileTemplate(text: string, scope: CelScope = 'notice'): Template | CelError {
  const split = piecesOf(text);
  if ('ok' in split) return split;
  const pieces: (string | Compiled)[] = [];
  for (const piece of split) {
    if (typeof piece === 'string') pieces.push(piece);
    else {
      const { expression, offset } = piece;
      const compiled = compileCel(expression, environmentOf(scope), { text, offset });
      if (!compiled.ok) return compiled;
      pieces.push(compiled);
    }
  }
  return templateOf(pieces);
}

function templateOf(pieces: readonly (string | Compiled)[]): Template {
  return {
    ok: true,
    task: pieces.some((piece) => typeof piece !== 'string' && piece.names.has('task')),
    plural: pieces.some(
      (piece) => typeof piece !== 'string' && (piece.names.has('count') || piece.names.has('events')),
    ),
    render(input, max, failed) {
      let text = '';
      for (const piece of pieces) {
        // Values may be large, and there may be many: what is cut off is not made.
        if (text.length > max) break;
        try {
          text += typeof piece === 'string' ? piece : printed(worked(piece, input));
        } catch (error) {
          failed?.(reasonOf(error));
        }
      }
      return cut(text, max);
    },
  };
}

function worked(compiled: Compiled, input: CelInput): unknown {
  return withinBudget(() => compiled.evaluate(valuesOf(input)));
}

function valuesOf({ event, task, count, events }: CelInput): Record<string, unknown> {
  return {
    event: celEvent(event),
    ...(task && { task: celTask(task) }),
    ...(count !== undefined && { count: BigInt(count) }),
    ...(events && { events: events.map(celEvent) }),
  };
}

/** Never within a character of two halves. */
function cut(text: string, max: number): string {
  const clean = cleanText(text);
  if (clean.length <= max) return clean;
  const kept = clean.slice(0, max - 1);
  return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}
