import { compileInput, piecesOf } from '@ao/expressions';

/** What the texts of a template may speak of where an installation gives the value. */
export interface InstallationValues {
  /** Its parameters. */
  readonly install: Readonly<Record<string, unknown>>;
  /** What it has made so far, by key. */
  readonly agents: Readonly<Record<string, { readonly id: string }>>;
  readonly workflows: Readonly<Record<string, { readonly id: string }>>;
}

const VARIABLES = ['install', 'agents', 'workflows'] as const satisfies readonly (keyof InstallationValues)[];

/**
 * JSON of a template with the values of an installation in it. An expression that speaks of these alone is worked out; every
 * other one is for the run, or the trigger, and stays to the letter. A text that is one expression alone becomes its value.
 * @throws ExpressionError when one cannot be worked out: it names what there is not
 */
export function withInstallation(json: unknown, values: InstallationValues): unknown {
  if (typeof json === 'string') return textWith(json, values);
  if (Array.isArray(json)) return json.map((item) => withInstallation(item, values));
  if (typeof json === 'object' && json !== null)
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, withInstallation(value, values)]));
  return json;
}

function textWith(text: string, values: InstallationValues): unknown {
  const pieces = piecesOf(text);
  // Not closed: whoever looks at what comes of it says so.
  if ('ok' in pieces) return text;
  const parts = pieces.map((piece) => {
    if (typeof piece === 'string') return { value: piece };
    const whole = `\${{${piece.expression}}}`;
    const compiled = compileInput(whole, VARIABLES);
    return { value: compiled.ok && compiled.names.size > 0 ? compiled.resolve({ ...values }) : whole };
  });
  const [only] = parts;
  return parts.length === 1 && only ? only.value : parts.map(({ value }) => inText(value)).join('');
}

/** As expressions put values into texts: nothing for null, compact JSON for maps and lists. */
function inText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
