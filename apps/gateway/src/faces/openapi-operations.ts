import type { OpenAPIObject } from '@nestjs/swagger';
import { PERMISSION_EXTENSION } from '../http/access';
import { SUMMARIES } from './summaries/all';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Adds to every operation what it is for, and which permission it takes: from tables, so that no route is without. */
export function describeOperations(document: OpenAPIObject): OpenAPIObject {
  for (const { operation, key } of operationsOf(document)) {
    operation.summary = SUMMARIES[key];
    const [permission, own] = [(operation as unknown as Record<string, unknown>)[PERMISSION_EXTENSION]].flat();
    if (typeof permission !== 'string' || permission === 'public') continue;
    const orElse = typeof own === 'string' ? `, or \`${own}\` for what is one's own` : '';
    const needs = `Needs the permission \`${permission}\`${orElse}.`;
    operation.description = operation.description ? `${operation.description}\n\n${needs}` : needs;
  }
  return document;
}

/** Every operation under its name in the tables. */
export function operationsOf(document: OpenAPIObject) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [{ key: `${method.toUpperCase()} ${path}`, operation }] : [];
    }),
  );
}
