import {
  createAgent,
  deregisterAgent,
  evolveInstallation,
  type InstallationDocument,
  type InstallationEvent,
  type MadePart,
} from '@ao/contracts';
import { createTurns, type CommandResult, type CommandShell, type EventLog, type RecordedEvent } from '@ao/event-log';
import { derivedId, isRejection, streamId, type CommandMetadata } from '@ao/kernel';
import type { CommandClient } from '@ao/messaging';
import type { Triggers } from '../trigger/triggers';
import type { Workflows } from '../workflow/workflows';
import { installationAggregate, type InstallationCommand } from './installation.decider';
import { PartError, partsOf, readyPart, valuesOf, type PlannedPart } from './template.parts';

export interface InstallerOptions {
  readonly shell: Pick<CommandShell, 'run'>;
  readonly log: Pick<EventLog, 'readStream'>;
  readonly commands: Pick<CommandClient, 'send'>;
  readonly workflows: Pick<Workflows, 'create' | 'delete'>;
  readonly triggers: Pick<Triggers, 'create' | 'delete'>;
}

/** How an installation stands, and where that is in the log. */
export interface Seen {
  readonly installation: InstallationDocument;
  readonly position: number;
  /** What is being carried out: whose order it was, and what it goes back to. */
  readonly cause: RecordedEvent;
}

/** It cannot be told what became of it, or it cannot be done now: whoever comes next goes on. */
export class NotNowError extends Error {}

const PAGE = 1_000;
const PHASES: ReadonlySet<string> = new Set<InstallationEvent['type']>([
  ...(['TemplateInstallationStarted', 'TemplateInstallationGivenUp', 'TemplateUninstallationStarted'] as const),
]);

/**
 * Makes what an installation is to make, one part after the other, and takes it away again. The log says how far it is; each
 * part is made by a command whose id follows from the installation's, so that whoever goes on after a crash makes none twice.
 */
export class Installer {
  private readonly inTurn = createTurns();

  constructor(private readonly options: InstallerOptions) {}

  /** As the log has it; undefined: there is none. */
  async look(installation_id: string): Promise<Seen | undefined> {
    const stream = streamId(installationAggregate.category, installation_id);
    let installation: InstallationDocument | undefined;
    let cause: RecordedEvent | undefined;
    let position = 0;
    for (let fromVersion = 1; ; fromVersion += PAGE) {
      const events = await this.options.log.readStream(stream, { fromVersion, limit: PAGE });
      for (const event of events) {
        installation = evolveInstallation(installation, event as RecordedEvent & InstallationEvent);
        if (PHASES.has(event.type)) cause = event;
        position = event.position;
      }
      if (events.length < PAGE) break;
    }
    return installation && cause && { installation, position, cause };
  }

  /** Until there is nothing left to do. @throws NotNowError */
  carryOut(installation_id: string): Promise<Seen> {
    return this.inTurn(installation_id, async () => {
      for (;;) {
        const seen = await this.look(installation_id);
        if (!seen) throw new Error(`there is no installation ${installation_id}`);
        switch (seen.installation.status) {
          case 'installing':
            await this.makeNext(seen);
            break;
          case 'undoing':
          case 'uninstalling':
            await this.removeNext(seen);
            break;
          default:
            return seen;
        }
      }
    });
  }

  private async makeNext(seen: Seen): Promise<void> {
    const { installation } = seen;
    const { installation_id, made, parameters } = installation;
    const next = partsOf(installation).find(
      ({ kind, key }) => !made.some((part) => part.kind === kind && part.key === key),
    );
    if (!next) return this.record(seen, { type: 'CompleteInstallation', data: { installation_id } }, 'completed');
    const { kind, key } = next;
    let outcome: CommandResult<string>;
    try {
      outcome = await this.make(next, seen, valuesOf(parameters, made));
    } catch (error) {
      if (!(error instanceof PartError)) throw error;
      return this.giveUp(seen, 'part_not_understood', error.message);
    }
    if (!isRejection(outcome)) {
      const part = { kind, key, id: outcome.result };
      return this.record(seen, { type: 'RecordPartMade', data: { installation_id, part } }, 'made', kind, key);
    }
    if (outcome.rejection === 'unavailable' || outcome.rejection === 'throttled')
      throw new NotNowError(outcome.message);
    return this.giveUp(seen, outcome.code, `${kind} '${key}': ${outcome.message}`);
  }

  private async make(
    part: PlannedPart,
    seen: Seen,
    values: ReturnType<typeof valuesOf>,
  ): Promise<CommandResult<string>> {
    const { commands, workflows, triggers } = this.options;
    const { installation } = seen;
    const ready = readyPart(part, installation, values);
    const metadata = metadataOf(seen, 'make', part.kind, part.key);
    switch (ready.kind) {
      case 'agent':
        return idOf(await commands.send(createAgent, ready.profile, metadata), ({ agent_id }) => agent_id);
      case 'workflow': {
        const data = { ...ready.workflow, installation_id: installation.installation_id };
        return idOf(await workflows.create(data, metadata), ({ workflow_id }) => workflow_id);
      }
      case 'trigger':
        return idOf(await triggers.create(ready.terms, metadata), ({ trigger_id }) => trigger_id);
    }
  }

  private giveUp(seen: Seen, code: string, reason: string): Promise<void> {
    const { installation_id } = seen.installation;
    const data = { installation_id, code, reason };
    return this.record(seen, { type: 'GiveUpInstallation', data }, 'given-up');
  }

  /** The last made first: a trigger starts nothing that is half gone. */
  private async removeNext(seen: Seen): Promise<void> {
    const { installation_id, made } = seen.installation;
    const last = made.at(-1) as MadePart | undefined;
    if (!last) return this.record(seen, { type: 'CompleteRemoval', data: { installation_id } }, 'removed');
    const outcome = await this.remove(last, metadataOf(seen, 'remove', last.kind, last.key));
    // What is gone already needs no hand. Nothing else refuses: whatever it says, it is to be tried again.
    if (isRejection(outcome) && outcome.rejection !== 'not_found') throw new NotNowError(outcome.message);
    const { kind, key } = last;
    const command = { type: 'RecordPartRemoved' as const, data: { installation_id, part: last } };
    return this.record(seen, command, 'part-removed', kind, key);
  }

  private remove({ kind, id }: MadePart, metadata: CommandMetadata): Promise<CommandResult> {
    const { commands, workflows, triggers } = this.options;
    switch (kind) {
      case 'agent':
        return commands.send(deregisterAgent, { agent_id: id }, metadata);
      case 'workflow':
        return workflows.delete({ workflow_id: id }, metadata);
      case 'trigger':
        return triggers.delete({ trigger_id: id }, metadata);
    }
  }

  private async record(
    seen: Seen,
    { type, data }: Pick<InstallationCommand, 'type' | 'data'>,
    ...what: string[]
  ): Promise<void> {
    const { installation_id } = seen.installation;
    const command = { type, data, metadata: metadataOf(seen, 'record', ...what) };
    const payload = { installation_id, what };
    const outcome = await this.options.shell.run(installationAggregate, installation_id, command, { payload });
    if (isRejection(outcome)) throw new NotNowError(outcome.message);
  }
}

/** Of a command that an installation leads to: as often as it is sent, it is one command. */
function metadataOf({ installation, cause }: Seen, ...what: readonly string[]): CommandMetadata {
  const { actor, correlation_id } = cause.metadata;
  return {
    ...{ actor, correlation_id, causation_id: `${cause.category}@${cause.position}` },
    command_id: derivedId('installation', installation.installation_id, ...what),
  };
}

function idOf<Result>(outcome: CommandResult<Result>, id: (result: Result) => string): CommandResult<string> {
  return isRejection(outcome) ? outcome : { ...outcome, result: id(outcome.result) };
}
