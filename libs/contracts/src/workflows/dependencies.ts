import type { Step } from './definition';

/** A step's place among those that do not say what they depend on: its order, or where it stands in the list, from 1. */
export const orderOf = (step: Pick<Step, 'order'>, index: number): number => step.order ?? index + 1;

type Placed = Pick<Step, 'key' | 'type' | 'order' | 'depends_on'> & {
  readonly condition?: { readonly then?: readonly string[]; readonly else?: readonly string[] };
};

/**
 * What each step waits for, by key; every reader takes it from here.
 *
 * `depends_on` is what a step says. Without it a step waits for those of the next lower order: in a branch of a condition
 * for the branch's own, elsewhere for those that are in no branch. Who waits for a condition in this way waits for the ends of
 * its branches too. A step of a branch waits for its condition in any case.
 *
 * Total: what names no step, and branches within themselves, are for `whyInvalid` to refuse.
 */
export function dependenciesOf(steps: readonly Placed[]): ReadonlyMap<string, readonly string[]> {
  const placed = new Map<string, { readonly step: Placed; readonly order: number }>();
  steps.forEach((step, index) => placed.set(step.key, { step, order: orderOf(step, index) }));
  /** Of the steps in branches: the condition. */
  const owners = new Map<string, string>();
  const lanes: { readonly owner: string | undefined; readonly keys: readonly string[] }[] = [];
  for (const { key, condition } of steps)
    for (const branch of [condition?.then, condition?.else]) {
      const keys = [...new Set(branch)].filter((member) => placed.has(member) && !owners.has(member));
      for (const member of keys) owners.set(member, key);
      if (keys.length > 0) lanes.push({ owner: key, keys });
    }
  lanes.push({ owner: undefined, keys: [...placed.keys()].filter((key) => !owners.has(key)) });

  const before = new Map<string, readonly string[]>();
  const groups = new Map<string, readonly string[]>();
  for (const { owner, keys } of lanes) {
    const ordered = [...keys].sort((a, b) => placed.get(a)!.order - placed.get(b)!.order);
    let previous: readonly string[] = [];
    let group: string[] = [];
    for (const key of ordered) {
      if (group.length > 0 && placed.get(key)!.order !== placed.get(group[0]!)!.order) {
        previous = group;
        group = [];
      }
      group.push(key);
      groups.set(key, previous);
      const said = placed.get(key)!.step.depends_on;
      before.set(key, [...new Set([...(said ?? []), ...(owner === undefined ? [] : [owner])])]);
    }
  }

  /** A condition with the ends of its branches: the steps of them for which no other of them waits. */
  function withEnds(key: string, within: ReadonlySet<string> = new Set()): readonly string[] {
    if (within.has(key)) return [key];
    const inner = new Set(within).add(key);
    return [
      key,
      ...lanes
        .filter(({ owner }) => owner === key)
        .flatMap(({ keys }) => {
          const members = new Set(keys);
          const awaited = new Set(keys.flatMap((member) => placed.get(member)!.step.depends_on ?? groups.get(member)!));
          return [...members].filter((member) => !awaited.has(member)).flatMap((member) => withEnds(member, inner));
        }),
    ];
  }

  for (const [key, previous] of groups) {
    if (placed.get(key)!.step.depends_on !== undefined) continue;
    before.set(key, [...new Set([...before.get(key)!, ...previous.flatMap((each) => withEnds(each))])]);
  }
  return before;
}

/** All that a step comes after, however many steps lie between. */
export function ancestorsOf(key: string, dependencies: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(dependencies.get(key) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(dependencies.get(next) ?? []));
  }
  return found;
}
