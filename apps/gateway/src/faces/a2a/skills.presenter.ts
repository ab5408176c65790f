import type { RecordedCapability } from '@ao/contracts';
import type { AgentSkill } from './agent-card.schemas';

/** More would be no card any more; the records themselves are at `/api/v1/discovery/capabilities`. */
const MOST_TEXTS = 20;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+*-]+$/;

/**
 * What an agent can do: a skill for each word of its profile and for each capability that was registered for it, in the
 * order of their names. A record's metadata says more of it where it has the keys that search goes by, too:
 * `description`, `tags`, `representative_queries`; and `input_modes`, `output_modes` (media types).
 */
export function skillsOf(capabilities: readonly string[], recorded: readonly RecordedCapability[]): AgentSkill[] {
  const records = new Map(recorded.map((record) => [record.name, record]));
  return [...new Set([...capabilities, ...records.keys()])].sort().map((name) => skillOf(name, records.get(name)));
}

function skillOf(name: string, record: RecordedCapability | undefined): AgentSkill {
  const { description, tags, representative_queries, input_modes, output_modes } = record?.metadata ?? {};
  const examples = textsOf(representative_queries);
  const inputModes = textsOf(input_modes).filter((mode) => MEDIA_TYPE.test(mode));
  const outputModes = textsOf(output_modes).filter((mode) => MEDIA_TYPE.test(mode));
  return {
    id: name,
    name,
    description: textsOf(description)[0] ?? `Capability ${name}`,
    tags: [...new Set([...partsOf(name), ...textsOf(tags), ...(record?.groups ?? [])])],
    ...(examples.length > 0 && { examples }),
    ...(inputModes.length > 0 && { inputModes }),
    ...(outputModes.length > 0 && { outputModes }),
  };
}

/** `document.ocr` is about documents and about ocr. */
function partsOf(name: string): string[] {
  const parts = name.split('.').filter((part) => part !== '');
  return parts.length > 0 ? parts : [name];
}

/** Metadata is whatever somebody registered: one text or several, and nothing else. */
function textsOf(value: unknown): string[] {
  return [value]
    .flat()
    .filter((text): text is string => typeof text === 'string' && text.trim() !== '')
    .slice(0, MOST_TEXTS);
}
