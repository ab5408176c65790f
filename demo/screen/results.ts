import { overallKeywords } from '../text/keywords';
import type { RunIndex } from '../work-folder';
import { printable, table } from './table';

const MOST_ROWS = 20;
const MOST_SKIPPED = 10;

/** The results as the terminal shows them; the whole of them is in the report. */
export function resultTable(run: RunIndex): string {
  const indexed = run.documents.filter(({ skipped }) => skipped === undefined);
  const skipped = run.documents.filter((document) => document.skipped !== undefined);
  const rows = indexed.slice(0, MOST_ROWS).map(({ path, count, keywords, cut }) => {
    const best = (keywords ?? []).slice(0, 4).map(({ term }) => term);
    return [cut ? `${path} (cut)` : path, count?.words ?? 0, count?.lines ?? 0, best.join(', ')];
  });
  const words = indexed.reduce((sum, { count }) => sum + (count?.words ?? 0), 0);
  const overall = overallKeywords(indexed.map(({ keywords }) => keywords ?? [])).slice(0, 8);
  return [
    table(['document', 'words', 'lines', 'keywords'], rows),
    ...(indexed.length > MOST_ROWS ? [`  … and ${indexed.length - MOST_ROWS} more in the report`] : []),
    `  ${indexed.length} documents, ${words.toLocaleString('en')} words; over all: ${overall.map(({ term }) => term).join(', ')}`,
    ...skipped
      .slice(0, MOST_SKIPPED)
      .map((file) => `  skipped ${printable(file.path)}: ${printable(file.skipped ?? '')}`),
    ...(skipped.length > MOST_SKIPPED ? [`  … and ${skipped.length - MOST_SKIPPED} more skipped, in the report`] : []),
  ].join('\n');
}
