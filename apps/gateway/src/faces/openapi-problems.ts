import type { OpenAPIObject } from '@nestjs/swagger';

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'errors', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'One sentence for a person; what the coordinator promises in `detail`' },
    code: { type: 'string', description: 'A stable word for a program' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: {
          pointer: {
            type: 'string',
            description: 'JSON pointer into the body, or /path/…, /query/…, /headers/…',
          },
          message: { type: 'string' },
        },
      },
    },
    request_id: { type: 'string', format: 'uuid' },
  },
} as const;

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: '1 to 255 visible ASCII characters: the same key again is done once and answered the same',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const;

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
/** What any route may answer besides its own. */
const ALWAYS = ['400', '403', '404', '405', '414', '429', '431', '500', '503'];
const WITH_BODY = ['409', '413', '415', '422'];

/** Adds to every operation what all of them share: problem answers, and the idempotency key of writes. */
export function describeProblems(document: OpenAPIObject): OpenAPIObject {
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: { ...PROBLEM_SCHEMA } as never },
    responses: {
      ...document.components?.responses,
      Refused: problemResponse('Refused'),
      NotDone: problemResponse('Not done'),
    },
    parameters: { ...document.components?.parameters, IdempotencyKey: { ...IDEMPOTENCY_KEY } },
  };
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (!operation) continue;
      const isPublic =
        operation.security?.some((requirement) => Object.keys(requirement).length === 0) &&
        operation.security.length === 1;
      const statuses = [...ALWAYS, ...(isPublic ? [] : ['401']), ...(method === 'get' ? ['422'] : WITH_BODY)];
      for (const status of statuses) operation.responses[status] ??= responseOf(status);
      if (method !== 'get')
        operation.parameters = [...(operation.parameters ?? []), { $ref: '#/components/parameters/IdempotencyKey' }];
    }
  }
  return document;
}

const responseOf = (status: string) => ({
  $ref: `#/components/responses/${status.startsWith('5') ? 'NotDone' : 'Refused'}`,
});

function problemResponse(description: string) {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
