import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const text = readFileSync(path.join(__dirname, 'agent-card.schema.testing.json'), 'utf8');
const schema = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);

/** What is wrong with it as an agent card of A2A 1.0; nothing when it is one. */
export function cardFaults(card: unknown): string[] {
  const { error } = schema.safeParse(card);
  return (error?.issues ?? []).map(({ path: at, message }) => `/${at.join('/')}: ${message}`);
}
