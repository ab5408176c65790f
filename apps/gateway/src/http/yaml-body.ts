import { isUtf8 } from 'node:buffer';
import { parseDocument, visit } from 'yaml';
import { parseJsonText } from './json-body';
import { Problem } from './problem';

/** What people name it (RFC 9512 registers the first). */
export const YAML = /^(?:application|text)\/(?:x-)?yaml(?:;|$)/i;
/** Twice what a definition may have as JSON: YAML has comments. */
export const MAX_YAML_BYTES = 128 * 1024;
/** Brackets and dashes deeper than that are refused before anything recurses over them. */
const MAX_COLUMN = 2_000;

/** The routes whose bodies people keep as files. */
export function takesYaml(route: string): boolean {
  return /^\/api\/v1\/workflows(?:\/validate|\/:id|\/:id\/steps)?\/?$/.test(route);
}

const malformed = (detail: string) => new Problem(400, 'malformed_yaml', detail);

/**
 * YAML 1.2 as far as it is JSON written for people: one document, no tags, anchors or aliases. What comes of it is judged as a
 * JSON body is.
 * @throws Problem 400 for text that is no YAML, with line and column; 422 for what is not taken
 */
export function parseYamlBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw malformed('The body is not valid UTF-8');
  return parseJsonText(jsonOf(body.toString('utf8')));
}

function jsonOf(text: string): string {
  if (/[[{][[{\s]{200}/.test(text) || /(?:[-?:] ){100}/.test(text) || new RegExp(`^ {${MAX_COLUMN}}`, 'm').test(text))
    throw malformed('The body is nested too deeply');
  try {
    const document = parseDocument(text, { schema: 'core', version: '1.2', uniqueKeys: true, resolveKnownTags: false });
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) {
      const { line, col } = fault.linePos?.[0] ?? { line: 1, col: 1 };
      const [what = 'it cannot be read'] = fault.message.split(/ at line |\n/, 1);
      throw malformed(`The body is not valid YAML: ${what.slice(0, 200)} (line ${line}, column ${col})`);
    }
    visit(document, {
      Alias: () => {
        throw malformed('The body must not use aliases: write it out');
      },
      Scalar: (_, { value }) => {
        if (typeof value === 'number' && !Number.isFinite(value))
          throw malformed('The body holds a number that JSON has not');
      },
    });
    return JSON.stringify(document.toJS({ maxAliasCount: 0 })) ?? 'null';
  } catch (error) {
    if (error instanceof Problem) throw error;
    // Nested deeper than the parser's own recursion bears, or keys that are no text.
    throw malformed('The body is not valid YAML');
  }
}
