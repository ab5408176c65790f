import { WorkflowDefinition } from '@ao/contracts';
import { whyInvalid } from '../workflow/why-invalid';

/** A stream of numbers from a seed (mulberry32): the same on every machine. */
export class Draw {
  constructor(private state: number) {}

  /** 0 (inclusive) to 1 (exclusive). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  some<T>(list: readonly T[], share: number): T[] {
    return list.filter(() => this.chance(share));
  }
}

type Written = Record<string, unknown>;

const WORK = ['task', 'task', 'task', 'approval', 'signal', 'timer', 'workflow', 'webhook'] as const;
const STEPS = [...WORK, ...WORK, 'condition', 'condition', 'parallel', 'map', 'map', 'compensate'] as const;
const CHILD = '018f0000-0000-7000-8000-0000000000cc';

/** Workflows of every type of step that are valid, so that whatever a run of them does wrong is the run's. */
export function randomDefinition(draw: Draw): WorkflowDefinition {
  for (;;) {
    const definition = WorkflowDefinition.parse(written(draw));
    if (whyInvalid(definition).length === 0) return definition;
  }
}

function written(draw: Draw): Written {
  const keys = Array.from({ length: 1 + draw.below(9) }, (_, index) => `s${index}`);
  const free = new Set(keys);
  const steps = keys.map((key, index) => {
    const before = keys.slice(0, index);
    const placed: Written = { key, name: key };
    if (draw.chance(0.6)) placed.depends_on = draw.some(before, 0.4);
    else if (draw.chance(0.3)) placed.order = draw.below(5);
    if (draw.chance(0.15)) placed.on_failure = 'continue';
    const known = (placed.depends_on as string[] | undefined) ?? [];
    if (draw.chance(0.15)) {
      const which = known.length > 0 && draw.chance(0.5) ? `steps.${draw.of(known)}.status == 'completed'` : undefined;
      placed.when = which ?? draw.of(['parameters.yes', 'parameters.no', 'parameters.list[0] == 1']);
    }
    const type = draw.of(STEPS);
    switch (type) {
      case 'condition': {
        const later = draw.some(keys.slice(index + 1), 0.4).filter((member) => free.delete(member));
        const then = later.filter(() => draw.chance(0.5));
        const rest = later.filter((member) => !then.includes(member));
        const expression = draw.of(['parameters.yes', 'parameters.no', 'parameters.list.size() > 2']);
        return { ...placed, type, condition: { expression, then, else: rest } };
      }
      case 'parallel': {
        const branches = Array.from({ length: 1 + draw.below(4) }, (_, branch) =>
          worked(draw, `b${branch}`, false, known),
        );
        return { ...placed, ...tries(draw), type, parallel: { ...limit(draw, 3), steps: branches } };
      }
      case 'map': {
        const items = draw.of<unknown>([[1, 2, 3, 4], '${{ parameters.list }}', [], ['${{ parameters.name }}']]);
        const going = draw.chance(0.5) ? { on_item_failure: 'continue' } : {};
        const step = worked(draw, 'each', true, known);
        return { ...placed, ...tries(draw), type, map: { items, ...limit(draw, 3), ...going, step } };
      }
      case 'compensate':
        return { ...placed, type, compensate: draw.chance(0.5) ? {} : { steps: draw.some(before, 0.5) } };
      default:
        return { ...worked(draw, key, false, known, type), ...placed };
    }
  });
  return {
    steps,
    ...(draw.chance(0.2) && { on_failure: 'stop' }),
    ...(draw.chance(0.3) && { max_parallel: 1 + draw.below(3) }),
    ...(draw.chance(0.2) && { timeout_seconds: 20 + draw.below(200) }),
    ...(draw.chance(0.3) && { output: { who: '${{ parameters.name }}', run: '${{ run.id }}' } }),
  };
}

const limit = (draw: Draw, most: number) => (draw.chance(0.7) ? { limit: 1 + draw.below(most) } : {});

function tries(draw: Draw): Written {
  const max_attempts = 1 + draw.below(3);
  return {
    ...(draw.chance(0.25) && { timeout_seconds: 1 + draw.below(30) }),
    ...(draw.chance(0.4) && { retry: { max_attempts, initial_delay_ms: 1000 * draw.below(5), jitter: 0.5 } }),
  };
}

function worked(draw: Draw, key: string, inMap: boolean, known: readonly string[], type = draw.of(WORK)): Written {
  const compensation = draw.chance(0.4) && {
    compensation: { ...tries(draw), ...action(draw, draw.of(['task', 'webhook', 'workflow']), inMap, known) },
  };
  return { key, name: key, ...tries(draw), ...action(draw, type, inMap, known), ...compensation };
}

function action(draw: Draw, type: (typeof WORK)[number], inMap: boolean, known: readonly string[]): Written {
  const text = draw.of([
    'plain',
    'for ${{ parameters.name }}',
    ...(inMap ? ['item ${{ index }}'] : []),
    ...known.map((key) => `after \${{ steps.${key}.status }}`),
    // Cannot be worked out in any run.
    ...(draw.chance(0.05) ? ['${{ parameters.missing }}'] : []),
  ]);
  switch (type) {
    case 'task':
      return { type, task: { type: 'work', title: text, payload: { text } } };
    case 'approval':
      return { type, approval: { title: text, arguments: { text } } };
    case 'signal': {
      const correlation = draw.of([undefined, '${{ parameters.name }}', inMap ? '${{ index }}' : 'one']);
      return { type, signal: { name: draw.of(['go', 'stop']), ...(correlation !== undefined && { correlation }) } };
    }
    case 'timer':
      return {
        type,
        timer: draw.of<object>([{ seconds: 5 }, { seconds: '${{ 2 * 4 }}' }, { until: '${{ run.started_at }}' }]),
      };
    case 'workflow':
      return { type, workflow: { workflow_id: CHILD, parameters: { text } } };
    case 'webhook':
      return { type, webhook: { url: 'https://example.com/hook', body: { text } } };
  }
}
