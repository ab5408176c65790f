const WIDTH = 13;
const COLOURS = [36, 33, 32, 35, 34, 96, 93, 92];

interface LogLine {
  readonly level?: unknown;
  readonly time?: unknown;
  readonly msg?: unknown;
  readonly [field: string]: unknown;
}

/** Of no interest on a screen where each line has its service's name in front. */
const HIDDEN = new Set(['level', 'time', 'msg', 'service', 'pid', 'hostname', 'context']);

/**
 * Prints lines of many processes, each with the name of its process. `text` renders a service's JSON for people
 * (time, level, message, key=value); `json` leaves it as it is.
 */
export function prefixedOutput(options: { format: 'text' | 'json'; colour: boolean; write: (text: string) => void }) {
  const colours = new Map<string, number>();
  return (name: string, line: string): void => {
    if (!colours.has(name)) colours.set(name, COLOURS[colours.size % COLOURS.length]!);
    const label = name.padEnd(WIDTH);
    const prefix = options.colour ? `\x1b[${colours.get(name)}m${label}\x1b[0m` : label;
    options.write(`${prefix}| ${options.format === 'text' ? forPeople(line) : line}\n`);
  };
}

function forPeople(line: string): string {
  if (!line.startsWith('{')) return line;
  let fields: LogLine;
  try {
    fields = JSON.parse(line) as LogLine;
  } catch {
    return line;
  }
  const time = typeof fields.time === 'string' ? `${fields.time.slice(11, 23)} ` : '';
  const rest = Object.entries(fields)
    .filter(([key]) => !HIDDEN.has(key))
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const words = [String(fields.level ?? 'info'), String(fields.msg ?? ''), ...rest];
  return `${time}${words.filter((word) => word !== '').join(' ')}`;
}
