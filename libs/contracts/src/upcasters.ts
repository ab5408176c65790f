import { NO_DETAILS } from './registry/agent.events';

/** Version 1 knew neither details nor agents that somebody else made. */
const withDetails = (profile: object) => ({ ...profile, details: NO_DETAILS });

const asItIs = (data: object) => data;

/**
 * The steps that lift events of older schema versions, by event type and the version they start from. A released schema
 * is never edited: raise `schemaVersion` in its contract, add the step here and a fixture (docs/handbook.md).
 */
export const eventUpcasters: Readonly<Record<string, Readonly<Record<number, (data: never) => unknown>>>> = {
  AgentRegistered: { 1: (data: object) => ({ ...withDetails(data), lifecycle: 'active' }) },
  AgentProfileChanged: { 1: withDetails },
  // What later versions of these added may be absent.
  TaskSubmitted: { 1: asItIs, 2: asItIs },
  TaskAttemptFailed: { 1: asItIs },
  TaskFailed: { 1: asItIs },
  TaskDeadLettered: { 1: asItIs, 2: asItIs },
};
