import { createHash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

/**
 * Something to look for where it must not be: a random word, and all the ways in which it could be there by mistake, as
 * text, as bytes in hexadecimal or base64, in another case, or as an unsalted hash, which for a weak one is as good.
 */
export interface Canary {
  readonly name: string;
  /** As it is given to the product. */
  readonly text: string;
  /** Where these bytes hold it, in any form. */
  in(bytes: Buffer | string): boolean;
}

/** `text` gets the random word to put into what the product is given. */
export function canary(name: string, text: (word: string) => string = (word) => word): Canary {
  const word = `c${randomBytes(12).toString('hex')}y`;
  return canaryOf(name, text(word), [word]);
}

/** Of a text that is what it is: made up by the product itself. */
export function canaryOf(name: string, text: string, words: readonly string[] = [text]): Canary {
  const whole = createHash('sha256').update(text).digest();
  const plain = words.map((word) => word.toLowerCase());
  const needles = [
    ...plain,
    ...words.map((word) => Buffer.from(word).toString('hex')),
    // In base64 a text looks different at each of the three places it can begin at; the ends depend on what is around it.
    ...words.flatMap((word) => [0, 1, 2].map((shift) => base64Within(word, shift))).filter(({ length }) => length > 8),
    ...[whole.toString('hex'), whole.toString('base64url'), whole.toString('base64')].map((text) => text.slice(0, 42)),
  ].map((needle) => needle.toLowerCase());
  return {
    name,
    text,
    in: (bytes) => {
      const haystack = bytes.toString().toLowerCase();
      return needles.some((needle) => haystack.includes(needle));
    },
  };
}

function base64Within(word: string, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), Buffer.from(word)]).toString('base64url');
  return text.slice(4, -4);
}

/** Every row of every table of the product, as text, with the name of its table. */
export async function everyRow(admin: Pool): Promise<{ table: string; row: string }[]> {
  const { rows: tables } = await admin.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const all = await Promise.all(
    tables.map(async ({ name }) => {
      const { rows } = await admin.query<{ row: string }>(`select t::text as row from ${name} t`);
      return rows.map(({ row }) => ({ table: name, row }));
    }),
  );
  return all.flat();
}
