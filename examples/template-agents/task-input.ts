import { NonRetryableError, type JsonObject } from '@agent-orchestration/sdk';

/** Fields of a payload, each as what it must be. @throws NonRetryableError: the same task would be wrong again */
export const textIn = (payload: JsonObject, field: string): string => {
  const value = payload[field];
  if (typeof value !== 'string' || value === '') throw wrong(field, 'text');
  return value;
};

export const optionalTextIn = (payload: JsonObject, field: string): string => {
  const value = payload[field] ?? '';
  if (typeof value !== 'string') throw wrong(field, 'text');
  return value;
};

export const numberIn = (payload: JsonObject, field: string, least: number, most: number): number => {
  const value = payload[field];
  if (typeof value !== 'number' || !(value >= least && value <= most)) throw wrong(field, `${least} to ${most}`);
  return value;
};

export const objectIn = (payload: JsonObject, field: string): JsonObject => {
  const value = payload[field];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(field, 'an object');
  return value as JsonObject;
};

export const listIn = (payload: JsonObject, field: string): readonly JsonObject[] => {
  const value = payload[field];
  if (!Array.isArray(value)) throw wrong(field, 'a list');
  return value.map((each, index) =>
    objectIn({ [`${field}[${index}]`]: each as unknown } as JsonObject, `${field}[${index}]`),
  );
};

const wrong = (field: string, what: string) => new NonRetryableError(`payload.${field} must be ${what}`);
