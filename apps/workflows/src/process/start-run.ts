import {
  MAX_RUN_DEPTH,
  MAX_VALUE_BYTES,
  priorityValue,
  type RunCause,
  type StartRun as StartRunOrder,
  type DataOf,
  type forkRun,
  type ResultOf,
  type startRun,
} from '@ao/contracts';
import type { CommandResult } from '@ao/event-log';
import { isRejection, newId, reject, type CommandMetadata, type Rejection } from '@ao/kernel';
import type { z } from 'zod';
import { forkOf } from '../run/run.retry';
import { parametersProblems } from '../workflow/parameters';
import type { Definitions } from './definitions';
import type { Runs } from './runs';

export type StartedRun = ResultOf<typeof startRun>;

interface Order {
  readonly workflow_id: string;
  readonly version?: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly priority: number;
  readonly cause: z.infer<typeof RunCause>;
  readonly started_by: string | null;
}

/** A step of another run that waits for this one. */
export interface ChildOrder extends Order {
  readonly run_id: string;
  readonly parent: { readonly run_id: string; readonly node: string };
  readonly depth: number;
}

const PRIORITY = priorityValue('normal');
const REQUEST = { kind: 'request', id: null } as const;

/** Begins runs of workflows: finds the version and checks the parameters. */
export class RunStarter {
  constructor(
    private readonly definitions: Definitions,
    private readonly runs: Pick<Runs, 'tell' | 'freshState'>,
  ) {}

  /** The id is made up: a repetition of the command gets the answer of the first. */
  async start(order: StartRunOrder, metadata: CommandMetadata): Promise<CommandResult<StartedRun>> {
    const { priority = PRIORITY, cause = REQUEST } = order;
    const asked: Order = { ...order, priority, cause };
    return this.begin(newId(), asked, { payload: order, isNew: true }, metadata);
  }

  async startChild({ run_id, parent, depth, ...order }: ChildOrder, metadata: CommandMetadata) {
    if (depth > MAX_RUN_DEPTH) {
      const why = `runs that start runs are at most ${MAX_RUN_DEPTH} deep`;
      return refused(order.workflow_id, 'conflict', 'runs_too_deep', why);
    }
    return this.begin(run_id, order, { payload: { run_id, parent }, isNew: false, parent, depth }, metadata);
  }

  /** A new run of the same version, whatever has become of the workflow. It takes over what does not follow `from`. */
  async fork(asked: DataOf<typeof forkRun>, metadata: CommandMetadata): Promise<CommandResult<StartedRun>> {
    const { run_id: original_id, from, started_by } = asked;
    const original = await this.runs.freshState(original_id);
    if (!original) {
      const message = `Expected to fork run '${original_id}', but there is none with this id`;
      return reject('not_found', 'run_not_found', message);
    }
    const carried = forkOf(original, from);
    if (isRejection(carried)) return carried;
    const { workflow_id, workflow_name, version, definition, priority } = original;
    const parameters = asked.parameters
      ? checkedParameters(workflow_id, definition, asked.parameters)
      : { ...original.parameters };
    if (isRejection(parameters)) return parameters;
    const data = {
      ...{ run_id: newId(), workflow_id, workflow_name, version, definition, parameters, priority, started_by },
      ...{ cause: { kind: 'fork' as const, id: original_id }, parent: null, depth: 0 },
      fork: { run_id: original_id, from, carried },
    };
    return this.runs.tell<StartedRun>({ type: 'StartRun', data }, metadata, { payload: asked, isNew: true });
  }

  private async begin(
    run_id: string,
    order: Order,
    options: { payload: unknown; isNew: boolean; parent?: ChildOrder['parent']; depth?: number },
    metadata: CommandMetadata,
  ): Promise<CommandResult<StartedRun>> {
    const { workflow_id } = order;
    const { workflow, definitions } = await this.definitions.read(workflow_id);
    if (!workflow) return refused(workflow_id, 'not_found', 'workflow_not_found', 'there is none with this id');
    const version = order.version ?? workflow.version;
    const definition = definitions[version - 1];
    if (!definition) {
      const why = `its newest version is ${workflow.version}`;
      return refused(workflow_id, 'not_found', 'version_not_found', why);
    }
    if (definition.steps.length === 0)
      return refused(workflow_id, 'conflict', 'nothing_to_run', `version ${version} of it has no steps`);
    const parameters = checkedParameters(workflow_id, definition, order.parameters);
    if (isRejection(parameters)) return parameters;
    const { priority, cause, started_by } = order;
    const { payload, isNew, parent = null, depth = 0 } = options;
    return this.runs.tell<StartedRun>(
      {
        type: 'StartRun',
        data: {
          ...{ run_id, workflow_id, workflow_name: workflow.name, version, definition, parameters },
          ...{ priority, cause, parent, depth, started_by, fork: null },
        },
      },
      metadata,
      { payload, isNew },
    );
  }
}

/** With the defaults of their schema. Pointers are those of the command's data. */
export function checkedParameters(
  workflow_id: string,
  definition: Parameters<typeof parametersProblems>[0],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> | Rejection {
  const { parameters, problems } = parametersProblems(definition, given);
  const [problem] = problems;
  if (problem) {
    const pointer = `/parameters${problem.pointer}`;
    const message = `Expected to run workflow '${workflow_id}', but its parameters do not meet its schema: ${pointer} ${problem.message}`;
    return reject('invalid', 'invalid_parameters', message, pointer);
  }
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (bytes > MAX_VALUE_BYTES) {
    const message = `Expected to run workflow '${workflow_id}', but its parameters take ${bytes} bytes and only ${MAX_VALUE_BYTES} are allowed`;
    return reject('too_large', 'parameters_too_large', message, '/parameters');
  }
  return { ...parameters };
}

export function refused(workflowId: string, rejection: Rejection['rejection'], code: string, why: string): Rejection {
  return reject(rejection, code, `Expected to run workflow '${workflowId}', but ${why}`);
}
