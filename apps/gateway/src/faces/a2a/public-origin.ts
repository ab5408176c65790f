import type { SettingValues } from '@ao/contracts';
import type { Call } from '../../http/call';
import { invalidField } from '../../http/problem';

/** A name, an IPv4 or a bracketed IPv6 address, and a port or none. */
const HOST = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Where clients reach this installation, without a slash at its end: the setting `general.public_url`, or else where this
 * caller reached it.
 * @throws Problem 422 for a Host that is none
 */
export function publicOrigin(
  { reply }: Pick<Call, 'reply'>,
  settings: Pick<SettingValues, 'general.public_url'>,
): string {
  const configured = settings['general.public_url'];
  if (configured !== '') return configured.replace(/\/+$/, '');
  const { protocol, host } = reply.request;
  const reached = `${protocol}://${host}`;
  if (!HOST.test(host) || !URL.canParse(reached)) throw invalidField('/headers/host', 'must be a host and its port');
  return new URL(reached).origin;
}
