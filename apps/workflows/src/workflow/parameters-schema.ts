import { linearPattern } from '@ao/expressions';
import { createHash } from 'node:crypto';
import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import { fullFormats } from 'ajv-formats/dist/formats';
import type { Format } from 'ajv';

/** What is wrong, and where: a JSON pointer within the schema or within the parameters. */
export interface SchemaProblem {
  readonly pointer: string;
  readonly message: string;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const MAX_SUBSCHEMAS = 1_000;
/** Looks at one value by one subschema, or as much as that. An object of 128 KiB with some rules for each value takes 100,000. */
const MAX_LOOKS = 200_000;
/** Formats are checked by regular expressions that are not linear. */
const MAX_FORMATTED = 2_048;
const MAX_PROBLEMS = 20;
const MAX_COMPILED = 200;

type Where = 'one' | 'list' | 'map';
/** Where a schema holds others. */
const INNER: Readonly<Record<string, Where>> = {
  ...{ additionalProperties: 'one', unevaluatedProperties: 'one', propertyNames: 'one', items: 'one' },
  ...{ unevaluatedItems: 'one', contains: 'one', not: 'one', if: 'one', then: 'one', else: 'one' },
  ...{ allOf: 'list', anyOf: 'list', oneOf: 'list', prefixItems: 'list' },
  ...{ properties: 'map', patternProperties: 'map', dependentSchemas: 'map', $defs: 'map', definitions: 'map' },
};
/** All else that is known; what begins with `x-` is the author's own. */
const OTHER: ReadonlySet<string> = new Set(
  (
    '$ref $anchor $comment type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength ' +
    'pattern maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired ' +
    'format title description default deprecated readOnly writeOnly examples contentEncoding contentMediaType'
  ).split(' '),
);
/** The keyword by which each subschema counts what it costs; `$` keeps it apart from everybody's own. */
const LOOK = '$look';

/** JSON Schema's own, and the numbers of OpenAPI. */
const FORMATS = [
  ...(['date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'uri-reference'] as const),
  ...([
    'uri-template',
    'uuid',
    'json-pointer',
    'relative-json-pointer',
    'regex',
    'byte',
    'password',
    'binary',
  ] as const),
  ...(['int32', 'int64', 'float', 'double'] as const),
];
const formats: Record<string, Format> = Object.fromEntries(FORMATS.map((name) => [name, bounded(fullFormats[name])]));

const meta = new Ajv2020({ strict: false, allErrors: true, validateFormats: false, logger: false });

let looks = 0;
class TooManyLooks extends Error {}
function look(count: number): void {
  looks -= count;
  if (looks < 0) throw new TooManyLooks();
}

/**
 * JSON Schema (2020-12) by itself: what it refers to is in it. Its patterns are those of expressions (RE2's), so that none
 * takes longer than the text is long, and what one validation costs is bounded whatever refers to what.
 * @returns what is wrong with the schema, or the function that validates by it
 */
export function compileSchema(schema: object): readonly SchemaProblem[] | ((value: unknown) => Validated) {
  const { $schema: dialect, ...rest } = schema as { readonly $schema?: unknown };
  if (dialect !== undefined && dialect !== DIALECT) return [{ pointer: '/$schema', message: `must be ${DIALECT}` }];
  if (!meta.validateSchema(rest)) return problemsOf(meta.errors);
  const problems: SchemaProblem[] = [];
  const metered = meteredCopy(rest, problems);
  if (problems.length > 0) return problems.slice(0, MAX_PROBLEMS);
  // An instance of its own: one keeps all that it has compiled.
  const ajv = new Ajv2020({
    ...{ strict: false, allErrors: true, meta: false, validateSchema: false, logger: false },
    ...{ useDefaults: true, inlineRefs: false, formats, code: { regExp } },
  });
  ajv.addKeyword({
    keyword: LOOK,
    before: '$ref',
    // Not `valid: true`: Ajv would leave the call out, as nothing looks at what it gives.
    ...{ schemaType: 'number', errors: false },
    validate: (cost: number, data: unknown) => {
      // Each item with each other one.
      look(cost < 0 && Array.isArray(data) ? Math.ceil(data.length ** 2 / 512) - cost : Math.abs(cost));
      return true;
    },
  });
  try {
    return validator(ajv.compile(metered));
  } catch (error) {
    return [{ pointer: '', message: `cannot be used: ${(error as Error).message}`.slice(0, 300) }];
  }
}

export interface Validated {
  /** The value with the schema's defaults. */
  readonly value: unknown;
  readonly problems: readonly SchemaProblem[];
}

function validator(validate: ValidateFunction): (value: unknown) => Validated {
  return (given) => {
    // Plain JSON; its objects are then of this realm, as those of the schema are.
    const value = JSON.parse(JSON.stringify(given)) as unknown;
    looks = MAX_LOOKS;
    try {
      return { value, problems: validate(value) ? [] : problemsOf(validate.errors) };
    } catch (error) {
      // RangeError: it refers to itself without end.
      if (!(error instanceof TooManyLooks) && !(error instanceof RangeError)) throw error;
      return { value, problems: [{ pointer: '', message: 'takes too many steps to check' }] };
    }
  };
}

const compiled = new Map<string, ReturnType<typeof compileSchema>>();

/** As `compileSchema`; each schema once. */
export function compiledSchema(schema: object): ReturnType<typeof compileSchema> {
  const key = createHash('sha256').update(JSON.stringify(schema)).digest('base64');
  const known = compiled.get(key) ?? compileSchema(schema);
  // The one used last is the last to go.
  compiled.delete(key);
  compiled.set(key, known);
  if (compiled.size > MAX_COMPILED) compiled.delete(compiled.keys().next().value!);
  return known;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** A copy in which every subschema counts; of what is well-formed by the meta schema. */
function meteredCopy(root: object, problems: SchemaProblem[]): object {
  const places = new Set<string>();
  const anchors = new Set<string>();
  const references: { readonly pointer: string; readonly ref: string }[] = [];
  const wrong = (pointer: string, message: string) => void problems.push({ pointer, message });

  const isPattern = (pattern: string, pointer: string) => {
    try {
      linearPattern(pattern);
    } catch (error) {
      wrong(pointer, `is no pattern that can be used: ${(error as Error).message}`);
    }
  };

  function copy(schema: unknown, pointer: string): unknown {
    if (places.size >= MAX_SUBSCHEMAS) {
      if (places.size === MAX_SUBSCHEMAS) wrong(pointer, `must not be one of more than ${MAX_SUBSCHEMAS} schemas`);
      places.add(pointer);
      return true;
    }
    places.add(pointer);
    if (typeof schema !== 'object' || schema === null) return schema;
    const result: Record<string, unknown> = { [LOOK]: costOf(schema as JsonObject) };
    for (const [keyword, value] of Object.entries(schema)) {
      const at = `${pointer}/${escaped(keyword)}`;
      const where = Object.hasOwn(INNER, keyword) ? INNER[keyword] : undefined;
      if (keyword.startsWith('x-')) continue;
      if (where === 'one') result[keyword] = copy(value, at);
      else if (where === 'list')
        result[keyword] = (value as unknown[]).map((each, index) => copy(each, `${at}/${index}`));
      else if (where === 'map') {
        const entries = Object.entries(value as JsonObject);
        if (keyword === 'patternProperties') for (const [name] of entries) isPattern(name, `${at}/${escaped(name)}`);
        result[keyword] = Object.fromEntries(entries.map(([name, of]) => [name, copy(of, `${at}/${escaped(name)}`)]));
      } else if (OTHER.has(keyword)) {
        if (keyword === 'pattern') isPattern(value as string, at);
        if (keyword === 'format' && !Object.hasOwn(formats, value as string)) wrong(at, 'is no known format');
        if (keyword === '$anchor') anchors.add(value as string);
        if (keyword === '$ref') references.push({ pointer: at, ref: value as string });
        result[keyword] = value;
      } else wrong(at, 'is no keyword of JSON Schema (2020-12) that is known here');
    }
    return result;
  }

  const result = copy(root, '') as object;
  for (const { pointer, ref } of references) {
    if (!ref.startsWith('#')) wrong(pointer, 'must refer to a place in this schema: others are not fetched');
    else if (!anchors.has(ref.slice(1)) && !places.has(decoded(ref.slice(1))))
      wrong(pointer, 'refers to a place that is no schema');
  }
  return result;
}

/** Whole looks; below zero: and those of its items' being unlike each other. */
function costOf(schema: JsonObject): number {
  const lists = [schema.enum, schema.required].map((list) => (Array.isArray(list) ? list.length : 0));
  const patterns = Object.keys((schema.patternProperties as object | undefined) ?? {}).length;
  const cost = 1 + patterns + Math.ceil((lists[0]! + lists[1]!) / 16);
  return schema.uniqueItems === true ? -cost : cost;
}

const escaped = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function bounded(format: Format): Format {
  if (typeof format === 'boolean' || typeof format === 'string') return format;
  if (format instanceof RegExp) return (text) => text.length <= MAX_FORMATTED && format.test(text);
  if (typeof format === 'function') return (text) => text.length <= MAX_FORMATTED && format(text);
  return typeof format.validate === 'function' && format.type !== 'number'
    ? bounded(format.validate as (text: string) => boolean)
    : format;
}

/** Ajv's own door for other engines of regular expressions. Each has a name of its own, by which Ajv tells them apart. */
const regExp = Object.assign(
  (pattern: string) => {
    const { test, size } = linearPattern(pattern);
    return {
      test: (text: string) => {
        look(Math.ceil((text.length * size) / 64));
        return test(text);
      },
      toString: () => pattern,
    };
  },
  { code: 'linearPattern' },
);

function problemsOf(errors: readonly ErrorObject[] | null | undefined): SchemaProblem[] {
  const problems = (errors ?? []).map(({ instancePath, keyword, params, message }): SchemaProblem => {
    const named = params as Readonly<Record<string, unknown>>;
    const missing = keyword === 'required' || keyword === 'dependentRequired' ? named.missingProperty : undefined;
    const extra = named.additionalProperty ?? named.unevaluatedProperty ?? undefined;
    if (typeof missing === 'string')
      return { pointer: `${instancePath}/${escaped(missing)}`, message: 'must be given' };
    if (typeof extra === 'string') return { pointer: `${instancePath}/${escaped(extra)}`, message: 'is not known' };
    if (keyword === 'enum') {
      const allowed = JSON.stringify(named.allowedValues);
      return {
        pointer: instancePath,
        message: allowed.length <= 200 ? `must be one of ${allowed}` : 'must be one of those that are allowed',
      };
    }
    return { pointer: instancePath, message: (message ?? 'is wrong').slice(0, 300) };
  });
  const seen = new Set<string>();
  return problems
    .filter(({ pointer, message }) => !seen.has(`${pointer} ${message}`) && seen.add(`${pointer} ${message}`))
    .slice(0, MAX_PROBLEMS);
}
