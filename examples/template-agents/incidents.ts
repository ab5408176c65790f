import { NonRetryableError, type TaskHandler } from '@agent-orchestration/sdk';
import { sentencesOf, wordsOf } from './sentences';
import { numberIn, objectIn, optionalTextIn, textIn } from './task-input';

/** Adds up what the words of a report weigh: each once, and twice where it stands in the title. 100 at most. */
export const score: TaskHandler = ({ payload }) => {
  const [title, report] = [textIn(payload, 'title'), textIn(payload, 'report')].map(squeezed) as [string, string];
  const words = Object.entries(objectIn(payload, 'weights')).flatMap(([word, weight]) => {
    if (typeof weight !== 'number') throw new NonRetryableError(`the weight of '${word}' must be a number`);
    const phrase = squeezed(word);
    const times = (holds(title, phrase) ? 2 : 0) || (holds(report, phrase) ? 1 : 0);
    return times > 0 && weight > 0 ? [{ word, adds: times * weight }] : [];
  });
  words.sort((a, b) => b.adds - a.adds);
  const sum = Math.min(100, Math.round(words.reduce((all, { adds }) => all + adds, 0)));
  return { score: sum, severity: severityOf(sum), words };
};

const squeezed = (text: string) => ` ${wordsOf(text).join(' ')} `;
const holds = (text: string, phrase: string) => phrase.trim() !== '' && text.includes(phrase);

const severityOf = (score: number) =>
  score >= 75 ? 'critical' : score >= 50 ? 'high' : score >= 20 ? 'medium' : 'low';

/** What whoever works on it reads first. */
export const note: TaskHandler = ({ payload }) => {
  const [title, report] = [textIn(payload, 'title'), textIn(payload, 'report')];
  const scored = objectIn(payload, 'score');
  const words = (scored['words'] as { word: string; adds: number }[]).map(({ word, adds }) => `${word} (+${adds})`);
  const taken_over = payload['taken_over'] === true;
  const severity = textIn(scored, 'severity');
  const lines = [
    `# ${title}`,
    '',
    `- Service: ${optionalTextIn(payload, 'service') || 'unknown'}`,
    `- Severity: ${severity}, score ${numberIn(scored, 'score', 0, 100)}`,
    `- Because of: ${words.join(', ') || 'no word that weighs anything'}`,
    `- ${taken_over ? 'Somebody has taken it over' : 'Nobody had to be asked'}`,
    '',
    ...sentencesOf(report).slice(0, 3),
  ];
  return { note: `${lines.join('\n')}\n`, severity, taken_over };
};
