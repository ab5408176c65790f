import type { IncomingMessage } from 'node:http';
import { proveCertified } from '../access/certified-caller';
import type { Door } from '../access/door';
import type { Proven } from '../access/resolver';

/** What a connection shows when it opens: undefined, nothing at all; otherwise what that is worth, if anything. */
export async function shownBy(
  door: Pick<Door, 'certificates' | 'resolver'>,
  request: IncomingMessage,
  token: string | null | undefined,
): Promise<{ readonly proven: Proven | undefined } | undefined> {
  const { certificates, resolver } = door;
  const shown = certificates?.shownBy(request);
  if (token === undefined && (!shown || (shown.by === 'proxy' && !(await shown.prove())))) return undefined;
  if (shown) return { proven: await proveCertified(resolver, shown, token) };
  return { proven: typeof token === 'string' ? await resolver.prove(token) : undefined };
}
