import type { Approval } from '@agent-orchestration/sdk';
import { printable } from './table';

/** An approval as whoever decides it has to see it: all of its arguments, and the hash that goes with the decision. */
export function approvalText({ title, description, arguments: asked, argumentsHash, requestedBy }: Approval): string {
  // Pretty JSON escapes control characters itself, but for those of the upper half.
  const lines = (JSON.stringify(asked, null, 2) ?? 'null').split('\n');
  return [
    `\n? ${printable(title)}   (asked by ${printable(requestedBy ?? 'nobody')})`,
    ...(description ? [`  ${printable(description)}`] : []),
    ...lines.map((line) => `  │ ${printable(line)}`),
    `  SHA-256 of these arguments: ${argumentsHash}`,
  ].join('\n');
}
