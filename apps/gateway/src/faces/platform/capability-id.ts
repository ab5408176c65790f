const PREFIX = 'cap_';
const HEX = /^(?:cap_)?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

/** How seed 004 shows a capability's id. */
export const prefixedCapabilityId = (id: string) => `${PREFIX}${id.replaceAll('-', '')}`;

/** The canonical id of what a caller wrote, with or without its prefix and dashes; undefined: no capability has such an id. */
export function capabilityIdOf(written: string): string | undefined {
  return HEX.exec(written)?.slice(1).join('-').toLowerCase();
}
