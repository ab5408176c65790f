/** Of a category: all types (`undefined`), or these. */
type Types = ReadonlySet<string> | undefined;

/** What of the log somebody wants: of each category that is named all events, or those of some types. */
export class Selection {
  readonly categories: readonly string[];
  /** Whether every category is wanted with all of its types. */
  readonly isWhole: boolean;

  constructor(private readonly types: ReadonlyMap<string, Types>) {
    this.categories = [...types.keys()];
    this.isWhole = [...types.values()].every((wanted) => wanted === undefined);
  }

  static of(categories: readonly string[], types: Readonly<Record<string, readonly string[]>> = {}): Selection {
    return new Selection(
      new Map(categories.map((category) => [category, types[category] && new Set(types[category])] as const)),
    );
  }

  /** What any of them wants. */
  static union(all: Iterable<Selection>): Selection {
    const union = new Map<string, Types>();
    for (const { types } of all) {
      for (const [category, wanted] of types) {
        const before = union.get(category);
        if (!union.has(category) || !wanted) union.set(category, wanted);
        else if (before) union.set(category, new Set([...before, ...wanted]));
      }
    }
    return new Selection(union);
  }

  /** Whether anything of the category is wanted. */
  names(category: string): boolean {
    return this.types.has(category);
  }

  has({ category, type }: { readonly category: string; readonly type: string }): boolean {
    const wanted = this.types.get(category);
    return wanted ? wanted.has(type) : this.types.has(category);
  }

  /** What is wanted, piece by piece: a category with all of its types (`null`), or one of its types. */
  *pieces(): Iterable<readonly [category: string, type: string | null]> {
    for (const [category, wanted] of this.types) {
      if (!wanted) yield [category, null];
      else for (const type of wanted) yield [category, type];
    }
  }

  /** Whether all of a piece is wanted. */
  covers(category: string, type: string | null): boolean {
    return type === null ? this.names(category) && !this.types.get(category) : this.has({ category, type });
  }
}
