import type { LoggedEvent } from './run-history';
import type { EdgeKind, GraphEdge } from './run-graph.types';

/** Each edge once; those between what is not in the graph are left out at the end. */
export class Edges {
  private readonly all = new Map<string, GraphEdge>();

  add(kind: EdgeKind, from: string, to: string, event: GraphEdge['event'] = null): void {
    const key = JSON.stringify([kind, from, to]);
    if (from !== to && !this.all.has(key)) this.all.set(key, { from, to, kind, event });
  }

  between(ids: ReadonlySet<string>): GraphEdge[] {
    return [...this.all.values()].filter(({ from, to }) => ids.has(from) && ids.has(to));
  }
}

const BY_EVENT = /^[a-z]+@(\d{1,16})$/;

/**
 * Who led to what, as the metadata of the events say: the causation of each is an event (`<category>@<position>`) or a
 * command, whose events are known by its id. What led to the first of them is not in the graph, and has no edge.
 */
export class Causes {
  private readonly events: { readonly event: LoggedEvent; readonly node: string }[] = [];
  private readonly byPosition = new Map<number, string>();
  private readonly byCommand = new Map<string, string>();

  /** What an event is about. */
  add(event: LoggedEvent, node: string): void {
    this.events.push({ event, node });
    this.byPosition.set(event.position, node);
    const { command_id } = event.metadata;
    if (!this.byCommand.has(command_id)) this.byCommand.set(command_id, node);
  }

  into(edges: Edges): void {
    const inOrder = [...this.events].sort((a, b) => a.event.position - b.event.position);
    for (const { event, node } of inOrder) {
      const from = this.causeOf(event);
      const { type, position } = event;
      if (from !== undefined) edges.add('caused', from, node, { type, position });
    }
  }

  private causeOf({ metadata: { causation_id, command_id } }: LoggedEvent): string | undefined {
    const position = BY_EVENT.exec(causation_id)?.[1];
    if (position !== undefined) return this.byPosition.get(Number(position));
    // A command that names itself was caused by nothing else.
    return causation_id === command_id ? undefined : this.byCommand.get(causation_id);
  }
}
