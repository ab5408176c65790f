import { ERASED, openSealed, type SealContext, type Sealed } from '@ao/contracts';
import type { CommandPath } from '../../commands/command-path';
import type { Caller } from '../../http/call';

/** What one sealed text says; `erased` where its key is destroyed. */
export type OpenText = (sealed: Sealed, context: SealContext) => string;

export interface SealedItem {
  readonly sealed: Sealed;
  readonly context: SealContext;
}

/** Bounds of one request to identity: of the contract, and of what travels well in one message. */
const MAX_ITEMS = 1_000;
const MAX_CHARACTERS = 128 * 1024;

/** Opens what a whole answer needs at once. Nothing is kept: what was erased is erased in the next answer. */
export class SealedTexts {
  constructor(private readonly commands: CommandPath) {}

  /** @throws Problem 503 while identity is away */
  async open(caller: Caller, items: readonly SealedItem[]): Promise<OpenText> {
    const wanted = new Map(items.map((item) => [keyOf(item), item]));
    const texts = new Map<string, string | null>();
    await Promise.all(
      inRequests([...wanted.values()]).map(async (request) => {
        const answer = await this.commands.query(caller, openSealed, { items: request });
        for (const [index, item] of request.entries()) texts.set(keyOf(item), answer.texts[index] ?? null);
      }),
    );
    return (sealed, context) => texts.get(keyOf({ sealed, context })) ?? ERASED;
  }
}

const keyOf = ({ sealed, context }: SealedItem) => `${context} ${sealed}`;

function inRequests(items: readonly SealedItem[]): SealedItem[][] {
  const requests: SealedItem[][] = [];
  let characters = 0;
  for (const item of items) {
    const last = requests.at(-1);
    characters += item.sealed.length;
    if (last && last.length < MAX_ITEMS && characters <= MAX_CHARACTERS) last.push(item);
    else {
      requests.push([item]);
      characters = item.sealed.length;
    }
  }
  return requests;
}
