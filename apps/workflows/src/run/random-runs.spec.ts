import fc from 'fast-check';
import type { RunDocument, RunEvent, WorkflowDefinition } from '@ao/contracts';
import { isRejection } from '@ao/kernel';
import { randomRun } from './random-runs.testing';
import { runDecider } from './run.decider';
import { faultsOf, type Told } from './run-history.testing';
import { definitionOf, RunSpec, task } from './run.testing';

/** The campaign gives more of them: RUN_SEEDS=10000 npx jest random-runs. */
const SEEDS = Number(process.env.RUN_SEEDS ?? 300);
const seed = Number(process.env.RUN_SEED ?? 1);

type Decider = typeof runDecider;
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** The first seeds whose run is wrong, with what is. */
function wrong(decider: Decider, count: number): string[] {
  const found: string[] = [];
  for (const drawn of fc.sample(seeds, { numRuns: count, seed })) {
    const { faults } = randomRun(drawn, decider);
    if (faults.length > 0) found.push(`seed ${drawn}: ${faults.slice(0, 3).join('; ')}`);
  }
  return found;
}

/** Decides for a run of which the definition says something else. */
const misreading = (change: (definition: WorkflowDefinition) => Partial<WorkflowDefinition>): Decider => ({
  ...runDecider,
  decide: (command, run) =>
    runDecider.decide(
      command,
      run && { ...run, version: -run.version, definition: { ...run.definition, ...change(run.definition) } },
    ),
});

describe('random runs', () => {
  it(`should be in memory what their events say, never do what must not be, and end (${SEEDS} seeds)`, () => {
    expect(wrong(runDecider, SEEDS)).toEqual([]);
  });

  it('should give the same events for the same seed', () => {
    for (const drawn of fc.sample(seeds, { numRuns: 30, seed }))
      expect(randomRun(drawn).hash).toBe(randomRun(drawn).hash);
  });

  describe('controls', () => {
    it('should find a decider that draws at random', () => {
      const random: Decider = {
        ...runDecider,
        decide: (command, run) => {
          const decision = runDecider.decide(command, run);
          if (isRejection(decision)) return decision;
          const events = decision.events.map((event) =>
            event.type === 'StepFailed'
              ? {
                  ...event,
                  data: { ...event.data, failure: { ...event.data.failure, message: String(Math.random()) } },
                }
              : event,
          );
          return { ...decision, events };
        },
      };
      expect(wrong(random, 30).join()).toContain('was decided in two ways');
      const hashes = (decider: Decider) =>
        fc.sample(seeds, { numRuns: 30, seed }).map((one) => randomRun(one, decider).hash);
      expect(hashes(random)).not.toEqual(hashes(random));
    });

    it('should find a decider that keeps something of a run beside its events', () => {
      let evolved = 0;
      const forgetful: Decider = {
        ...runDecider,
        evolve: (run, event) => {
          const next = runDecider.evolve(run, event);
          return next && { ...next, completed_count: next.completed_count + ((evolved += 1) % 2) };
        },
      };
      expect(wrong(forgetful, 5).join()).toContain('memory and log differ');
    });

    it('should find a decider that does not wait for what a step depends on', () => {
      const hasty = misreading(({ steps }) => ({ steps: steps.map((step) => ({ ...step, depends_on: [] })) }));
      expect(wrong(hasty, 30).join()).toMatch(/began before s\d had ended/);
    });

    it('should find a decider that keeps no limit', () => {
      expect(
        wrong(
          misreading(() => ({ max_parallel: undefined })),
          60,
        ).join(),
      ).toContain('at work at once');
    });

    it('should find a decider that leaves what is due undone', () => {
      const sleepy: Decider = {
        ...runDecider,
        decide: (command, run) =>
          command.type === 'Wake' ? { kind: 'accepted', events: [], result: {} } : runDecider.decide(command, run),
      };
      expect(wrong(sleepy, 30).join()).toContain('when something was due');
    });
  });
});

describe('what a history shows', () => {
  const definition = definitionOf([task('a'), task('b')]);
  const history = (): Told[] => {
    const run = new RunSpec().begin(definition);
    const told: Told[] = [{ type: 'StartRun', at: '', events: run.newest }];
    for (const node of ['a', 'b']) told.push({ type: 'TaskEnded', at: '', events: run.done(node).newest });
    return told;
  };
  const forged = (change: (events: RunEvent[]) => RunEvent[]): string => {
    const events = change(history().flatMap(({ events }) => events));
    return faultsOf(definition, [{ type: 'Forged', at: '', events }]).join('\n');
  };
  const of = (type: RunEvent['type'], events: RunEvent[]) => events.filter((event) => event.type === type);

  it('should be nothing wrong, where nothing is', () => {
    expect(faultsOf(definition, history())).toEqual([]);
    const document = runDecider.evolveAll!(
      undefined,
      history().flatMap(({ events }) => events),
    ) as RunDocument;
    expect(document.status).toBe('completed');
  });

  it.each<[string, (events: RunEvent[]) => RunEvent[]]>([
    ['after the end', (events) => [...events, ...of('StepStarted', events)]],
    ['it ended twice', (events) => [...events, ...of('RunCompleted', events)]],
    ['b began before a had ended', (events) => events.filter((event) => event !== of('StepCompleted', events)[0])],
    [
      'attempt 1 of a began twice',
      (events) => [events[0]!, ...of('StepStarted', events).slice(0, 1), ...events.slice(1)],
    ],
    ['a began while it was at work', (events) => [...events.slice(0, 2), events[1]!]],
    ['it ended with b at work', (events) => events.filter((event) => event !== of('StepCompleted', events)[1])],
    ['events do not fit a unit', (events) => Array.from({ length: 251 }, () => events.slice(0, 4)).flat()],
  ])('should show that %s', (fault, change) => {
    expect(forged(change)).toContain(fault);
  });
});
