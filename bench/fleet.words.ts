/** What the capabilities of a bench's fleet are about: as many different ones as are asked for, in words that people use. */
const THINGS = (
  'document image invoice contract photo video recording table report email message customer order parcel warehouse server ' +
  'cluster database certificate password release library function test schedule budget forecast translation summary map'
).split(' ');
const DEEDS = (
  'extract convert translate summarize classify compare resize detect transcribe clean forecast query deploy rollback ' +
  'restart scan encrypt approve schedule search notify archive review predict'
).split(' ');

const thing = (number: number) => THINGS[number % THINGS.length]!;
const deed = (number: number) => DEEDS[Math.floor(number / THINGS.length) % DEEDS.length]!;

export function capabilityName(number: number): string {
  const round = Math.floor(number / (THINGS.length * DEEDS.length));
  return `${thing(number)}.${deed(number)}${round === 0 ? '' : `_${round}`}`;
}

/** Different for each number. */
export function capabilityMetadata(number: number): { description: string; [key: string]: unknown } {
  const other = number * 7 + 3;
  return {
    description: `Can ${deed(number)} a ${thing(number)} and then ${deed(other)} the ${thing(other)} it belongs to`,
    supported_formats: [thing(other + 1), thing(other + 5)],
    release: `r${number}`,
  };
}

export function question(number: number): string {
  return `I need somebody to ${deed(number * 31)} the ${thing(number)} of a ${thing(number * 5 + 2)}`;
}
