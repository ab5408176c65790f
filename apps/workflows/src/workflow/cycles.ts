/**
 * One cycle of each knot of a graph, from a node back to itself (`a b a`), each node in the order of the graph's. Nodes that
 * are named but not in the graph lead nowhere.
 */
export function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  /** Nodes that lead to no further cycle, those of cycles that are told already among them. */
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const open: { readonly node: string; next: number }[] = [];
    const enter = (node: string) => {
      path.push(node);
      onPath.add(node);
      open.push({ node, next: 0 });
    };
    if (!done.has(start)) enter(start);
    while (open.length > 0) {
      const top = open.at(-1)!;
      const target = graph.get(top.node)![top.next];
      top.next += 1;
      if (target === undefined) {
        open.pop();
        onPath.delete(path.pop()!);
        done.add(top.node);
      } else if (onPath.has(target)) {
        const cycle = path.slice(path.indexOf(target));
        if (!cycle.some((node) => done.has(node))) cycles.push([...cycle, target]);
        for (const node of cycle) done.add(node);
      } else if (graph.has(target) && !done.has(target)) enter(target);
    }
  }
  return cycles;
}
