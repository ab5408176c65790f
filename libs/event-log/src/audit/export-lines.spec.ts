import { parseExport } from './export-lines';

const HEADER = '{"export":"agent-orchestration event log","format":1}';
const read = async (lines: readonly string[]) => {
  const records = [];
  for await (const record of parseExport(lines)) records.push(record);
  return records;
};

it('should read what an export has, and nothing else', async () => {
  const event = ['1', 'thing-1', 'thing', '1', 'ThingHappened', '1', '{}', '{}', '1767225600000000'];
  expect(await read([HEADER, JSON.stringify({ event }), ''])).toEqual([{ event }]);
  expect(await read([HEADER])).toEqual([]);
});

it.each([
  ['nothing', [], /empty/],
  ['another file', ['{"hello":1}'], /line 1 .* header/],
  ['a later format', ['{"export":"agent-orchestration event log","format":2}'], /line 1/],
  ['no JSON', [HEADER, 'x'], /line 2 .* no JSON/],
  ['a cut line', [HEADER, '{"event":["1"]}'], /line 2 .* no whole record/],
  ['numbers', [HEADER, '{"event":[1,"a","b","1","T","1","{}","{}","1"]}'], /line 2/],
  ['half a commit', [HEADER, '{"commit":{"first_position":"1"}}'], /line 2/],
  ['half a seal', [HEADER, '{"seal":null}'], /line 2/],
])('rejects %s by its line', async (_what, lines, message) => {
  await expect(read(lines)).rejects.toThrow(message);
});
