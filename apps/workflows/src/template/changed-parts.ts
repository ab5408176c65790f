import {
  AgentProfile,
  evolveAgent,
  evolveTrigger,
  evolveWorkflow,
  type AgentDocument,
  type AgentEvent,
  type InstallationDocument,
  type MadePart,
  type TriggerDocument,
  type TriggerEvent,
  type WorkflowDocument,
  type WorkflowEvent,
} from '@ao/contracts';
import type { EventLog, RecordedEvent } from '@ao/event-log';
import { isSameJson, streamId } from '@ao/kernel';
import { termsOf } from '../trigger/trigger.decider';
import { PartError, partsOf, readyPart, valuesOf, type ReadyPart } from './template.parts';

const PAGE = 1_000;

/** The parts of an installation that are not as it made them. What is gone is none of them, nor is a trigger that was disabled. */
export async function changedParts(
  log: Pick<EventLog, 'readStream'>,
  installation: InstallationDocument,
): Promise<MadePart[]> {
  const made = installation.made as readonly MadePart[];
  const values = valuesOf(installation.parameters, made);
  const changed: MadePart[] = [];
  for (const planned of partsOf(installation)) {
    const part = made.find(({ kind, key }) => kind === planned.kind && key === planned.key);
    if (!part) continue;
    try {
      if (await isChanged(log, part, readyPart(planned, installation, values))) changed.push(part);
    } catch (error) {
      // An earlier release could make it, and what it made cannot be compared.
      if (!(error instanceof PartError)) throw error;
      changed.push(part);
    }
  }
  return changed;
}

async function isChanged(log: Pick<EventLog, 'readStream'>, { id }: MadePart, ready: ReadyPart): Promise<boolean> {
  switch (ready.kind) {
    case 'agent': {
      const agent = await folded<AgentDocument, AgentEvent>(log, streamId('agent', id), evolveAgent);
      return (
        agent !== undefined && agent.lifecycle !== 'deleted' && !isSameJson(AgentProfile.parse(agent), ready.profile)
      );
    }
    case 'workflow': {
      const workflow = await folded<WorkflowDocument, WorkflowEvent>(log, streamId('workflow', id), evolveWorkflow);
      if (!workflow) return false;
      const { name, description, is_template, config, definition } = workflow;
      return !isSameJson({ name, description, is_template, config, definition }, ready.workflow);
    }
    case 'trigger': {
      const trigger = await folded<TriggerDocument, TriggerEvent>(log, streamId('trigger', id), evolveTrigger);
      return trigger !== undefined && !isSameJson({ ...termsOf(trigger), enabled: true }, ready.terms);
    }
  }
}

async function folded<Document, Event>(
  log: Pick<EventLog, 'readStream'>,
  stream: string,
  evolve: (document: Document | undefined, event: Event) => Document | undefined,
): Promise<Document | undefined> {
  let document: Document | undefined;
  for (let fromVersion = 1; ; fromVersion += PAGE) {
    const events: readonly RecordedEvent[] = await log.readStream(stream, { fromVersion, limit: PAGE });
    for (const event of events) document = evolve(document, event as RecordedEvent & Event);
    if (events.length < PAGE) return document;
  }
}
