/** Of one request of an iterator. */
export const MOST_PER_PAGE = 200;

/**
 * Each item of a list once, page by page, the first page when it is asked for. Lists have the newest first: what is added
 * meanwhile moves the rest on, so an item that the page before had is left out.
 */
export async function* everyPage<Item>(
  fetch: (page: { readonly limit: number; readonly offset: number }) => Promise<readonly Item[]>,
  nameOf: (item: Item) => string,
): AsyncGenerator<Item, void, undefined> {
  let before = new Set<string>();
  for (let offset = 0; ; offset += MOST_PER_PAGE) {
    const page = await fetch({ limit: MOST_PER_PAGE, offset });
    for (const item of page) if (!before.has(nameOf(item))) yield item;
    if (page.length < MOST_PER_PAGE) return;
    before = new Set(page.map(nameOf));
  }
}
