import { NO_DETAILS, type AgentChanges, type AgentDetails, type AgentProfile } from '@ao/contracts';
import { isJsonObject } from '@ao/kernel';

/** A profile as a face sends it, which may know nothing of details. */
type ToldProfile = Omit<AgentProfile, 'details'> & { readonly details?: AgentDetails };

/**
 * The profile's own keys, in one order, whatever else the source carries. A face that tells no details leaves those
 * that the agent has.
 */
export function profileOf(source: ToldProfile, known: AgentDetails = NO_DETAILS): AgentProfile {
  return {
    name: source.name,
    agent_type: source.agent_type,
    capabilities: source.capabilities,
    services: source.services,
    endpoints: source.endpoints,
    metadata: source.metadata,
    version: source.version,
    tags: source.tags,
    max_concurrent_tasks: source.max_concurrent_tasks,
    heartbeat_interval_seconds: source.heartbeat_interval_seconds,
    details: source.details ?? known,
  };
}

/** The profile with the fields given changed: lists replaced, labels and configuration merged. */
export function changedProfile(profile: AgentProfile, { details = {}, ...changes }: AgentChanges): AgentProfile {
  const { labels, configuration, ...others } = details;
  const known = profile.details;
  return profileOf({
    ...profile,
    ...given(changes),
    details: {
      ...known,
      ...given(others),
      labels: (labels ? merged(known.labels, labels) : known.labels) as AgentDetails['labels'],
      configuration: configuration ? merged(known.configuration, configuration) : known.configuration,
    },
  });
}

/** Without the fields of which nothing was said. */
function given<T extends object>(changes: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as never;
}

/** RFC 7396. */
function merged(target: Readonly<Record<string, unknown>>, patch: Readonly<Record<string, unknown>>) {
  const result: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = isJsonObject(value) ? merged(isJsonObject(result[key]) ? result[key] : {}, value) : value;
  }
  return result;
}
