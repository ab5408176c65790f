/**
 * `node -r ./scripts/register.cjs libs/search/src/measure.main.testing.ts` prints what docs/search.md says: the table of
 * queries, the hit rates, and with `--speed` the time of a search over 10,000 capabilities.
 */
import { textOf, type SearchableText } from './capability-text';
import { CATALOGUE, HELD_OUT, QUERIES, seededRandom } from './catalogue.testing';
import { answersOf, hitsWithin, randomWordVectors, wordsAlone, type Answered } from './quality.testing';
import { SearchIndex } from './search-index';
import { wordVectorEmbedder } from './word-vector.embedder';
import { readWordVectors } from './word-vectors';
import type { LocalEmbedder } from './embedder';

const CAPABILITIES = 10_000;
const SEARCHES = 5_000;

async function quality(embedder: LocalEmbedder): Promise<void> {
  const sets = { 'tuned with': QUERIES, 'held out': HELD_OUT };
  const rates = (name: string, half: string, answers: readonly Answered[]) =>
    console.log(
      `| ${name} | ${half} | ${answers.length} | ${hitsWithin(answers, 1)} | ${hitsWithin(answers, 3)} | ${hitsWithin(answers, 5)} |`,
    );
  const random = wordVectorEmbedder(randomWordVectors(readWordVectors(), 1));
  const ways = { hybrid: embedder, 'BM25 alone': wordsAlone, 'BM25 and random vectors': random };
  for (const [name, way] of Object.entries(ways)) {
    for (const [set, queries] of Object.entries(sets)) rates(name, set, await answersOf(way, queries));
  }
  for (const [set, queries] of Object.entries(sets)) {
    console.log(`\n${set}`);
    for (const { query, wanted, place, score, top } of await answersOf(embedder, queries))
      console.log(
        `| ${query} | ${wanted.join(', ')} | ${place ?? '-'} | ${score.toFixed(2)} | ${place === 1 ? '' : top} |`,
      );
  }
}

function speed(embedder: LocalEmbedder): void {
  const random = seededRandom(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const index = new SearchIndex<string>(embedder.cosines, (id) => id);
  const began = performance.now();
  for (let number = 0; number < CAPABILITIES; number += 1) {
    const [one, other] = [pick(CATALOGUE), pick(CATALOGUE)];
    const made: SearchableText = {
      name: `${one.name}_${pick(other.name.split(/[._]/))}${number}`,
      metadata: { ...one.metadata, further: other.metadata, region: pick(['us-east', 'eu-west', 'ap-south']) },
      groups: [pick(['production', 'staging', 'canary'])],
    };
    const text = textOf(made);
    index.add(String(number), text);
    index.setVector(text, embedder.embed([text])[0]);
  }
  console.log(`indexed ${index.texts} texts in ${Math.round(performance.now() - began)} ms`);
  const times: number[] = [];
  let used = 0;
  for (let search = 0; search < SEARCHES; search += 1) {
    const [text] = pick(QUERIES);
    const from = performance.now();
    const cpu = process.cpuUsage();
    index.search({ text, vector: embedder.embed([text])[0], topK: 5, minScore: 0 });
    times.push(performance.now() - from);
    const { user, system } = process.cpuUsage(cpu);
    used += user + system;
  }
  times.sort((one, other) => one - other);
  const at = (part: number) => times[Math.floor(part * (times.length - 1))]!.toFixed(2);
  console.log(
    `${SEARCHES} searches: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, CPU ${(used / SEARCHES / 1_000).toFixed(2)} ms each`,
  );
}

async function main(): Promise<void> {
  const embedder = wordVectorEmbedder();
  if (process.argv.includes('--speed')) speed(embedder);
  else await quality(embedder);
}

void main();
