import { createZodDto as createDto } from 'nestjs-zod';

interface Described {
  _OPENAPI_METADATA_FACTORY(): Record<string, unknown>;
}

/**
 * A DTO made from a zod schema, as `nestjs-zod` makes it. What it says of its fields is put in the words of OpenAPI 3.0, which
 * knows no lists of types: `@nestjs/swagger` would take `["string","null"]` for an array of strings.
 */
export const createZodDto: typeof createDto = (schema, options) => {
  const dto = createDto(schema, options);
  const described = dto as unknown as Described;
  const describe = described._OPENAPI_METADATA_FACTORY;
  described._OPENAPI_METADATA_FACTORY = function (this: unknown) {
    const fields = Object.entries(describe.call(this as Described));
    return Object.fromEntries(fields.map(([name, field]) => [name, fieldOf(withoutTypeLists(field) as object)]));
  };
  return dto;
};

/** `nestjs-zod` takes the type away from fields with this mark. */
const NO_TYPE = 'x-nestjs_zod-empty-type';

function fieldOf(field: { readonly type?: unknown }): object {
  if (field.type === undefined) return { ...field, type: '' };
  const { [NO_TYPE]: _mark, ...typed } = field as Record<string, unknown>;
  return field.type === '' ? field : typed;
}

/** Their values are data, whatever they look like. */
const DATA: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'example', 'examples']);

function withoutTypeLists(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutTypeLists);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { type, ...others } = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, DATA.has(key) ? value : withoutTypeLists(value)]),
  );
  if (!Array.isArray(type)) return type === undefined ? others : { ...others, type };
  const types = type.filter((each) => each !== 'null');
  return {
    ...others,
    ...(types.length === 1 ? { type: types[0] as unknown } : { anyOf: types.map((each: unknown) => ({ type: each })) }),
    ...(types.length < type.length && { nullable: true }),
  };
}
