import { sqlFile } from '@ao/event-log';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Vector } from '@ao/search';
import type { Pool } from 'pg';

const sql = (name: string) => sqlFile(path.join(__dirname, 'sql', `${name}.sql`));
const FIND = sql('find-vectors');
const KEEP = sql('keep-vectors');
const FORGET = sql('forget-other-vectors');

/** Where vectors that cost a request are kept. */
export interface VectorCache {
  /** Those of the texts that are known. */
  find(texts: readonly string[]): Promise<ReadonlyMap<string, Vector>>;
  keep(vectors: ReadonlyMap<string, Vector>): Promise<void>;
  /** Drops what another embedder or model made: its vectors would never be asked for again. */
  forgetOthers(): Promise<void>;
}

/** In Postgres, under the embedder's name and model: all replicas share it, and a restart asks the model for nothing. */
export function embeddingCache(pool: Pool, embedder: string): VectorCache {
  return {
    async find(texts) {
      const byDigest = new Map(texts.map((text) => [digestOf(text).toString('hex'), text]));
      const { rows } = await pool.query<{ digest: Buffer; vector: Buffer }>({
        name: 'discovery-find-vectors',
        text: FIND,
        values: [embedder, texts.map(digestOf)],
      });
      const found = new Map<string, Vector>();
      for (const { digest, vector } of rows) {
        const text = byDigest.get(digest.toString('hex'));
        if (text !== undefined) found.set(text, fromBytes(vector));
      }
      return found;
    },
    async keep(vectors) {
      await pool.query({
        name: 'discovery-keep-vectors',
        text: KEEP,
        values: [embedder, [...vectors.keys()].map(digestOf), [...vectors.values()].map(toBytes)],
      });
    },
    async forgetOthers() {
      await pool.query(FORGET, [embedder]);
    },
  };
}

const digestOf = (text: string) => createHash('sha256').update(text).digest();

function toBytes(vector: Vector): Buffer {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes;
}

function fromBytes(bytes: Buffer): Vector {
  return Float32Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}
