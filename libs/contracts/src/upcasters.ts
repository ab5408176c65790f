/**
 * The steps that lift events of older schema versions, by event type and the version they start from. A released schema
 * is never edited: raise `schemaVersion` in its contract, add the step here and a fixture (docs/handbook.md). None yet.
 */
export const eventUpcasters: Readonly<Record<string, Readonly<Record<number, (data: never) => unknown>>>> = {};
