/** What of a capability is searched. */
export interface SearchableText {
  readonly name: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly groups: readonly string[];
}
