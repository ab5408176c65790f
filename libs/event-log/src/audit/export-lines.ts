import type { AuditRecord } from './audit-record';

const FORMAT = { export: 'agent-orchestration event log', format: 1 } as const;

/** The log as JSON lines: a header, then a record per line. */
export async function* exportLines(records: AsyncIterable<AuditRecord>): AsyncGenerator<string, void, undefined> {
  yield JSON.stringify(FORMAT);
  for await (const record of records) yield JSON.stringify(record);
}

/** Reads an export back. @throws Error that names the line which is not as an export has it */
export async function* parseExport(
  lines: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<AuditRecord, void, undefined> {
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const value = parsed(line, number);
    if (number === 1) {
      if (value.export !== FORMAT.export || value.format !== FORMAT.format)
        throw new Error('line 1 is not the header of an export of the event log (format 1)');
    } else if (line !== '') {
      yield record(value, number);
    }
  }
  if (number === 0) throw new Error('the export is empty');
}

function parsed(line: string, number: number): Record<string, unknown> {
  if (line === '') return {};
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw new Error(`line ${number} of the export is no JSON object`);
}

const COMMIT_KEYS = ['first_position', 'last_position', 'committed_us', 'prev_hash', 'hash', 'event_hashes'];
const SEAL_KEYS = ['last_position', 'hash', 'sealed_us', 'key_id', 'signature'];

function record(value: Record<string, unknown>, line: number): AuditRecord {
  const { event, commit, seal } = value;
  const whole =
    (Array.isArray(event) && event.length === 9 && event.every((text) => typeof text === 'string')) ||
    hasTexts(commit, COMMIT_KEYS) ||
    hasTexts(seal, SEAL_KEYS);
  if (!whole) throw new Error(`line ${line} of the export is no whole record`);
  return value as unknown as AuditRecord;
}

function hasTexts(value: unknown, keys: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return keys.every((key) => typeof (value as Record<string, unknown>)[key] === 'string');
}
