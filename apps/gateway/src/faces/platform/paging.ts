import type { Call } from '../../http/call';

/** Bare arrays carry their paging in headers: the total, and links to the pages beside this one (RFC 8288). */
export function announcePage(
  call: Call,
  page: { readonly total: number; readonly limit: number; readonly offset: number },
): void {
  const { total, limit, offset } = page;
  call.reply.header('x-total-count', String(total));
  const links = [
    ...(offset + limit < total ? [linkTo(call, offset + limit, 'next')] : []),
    ...(offset > 0 ? [linkTo(call, Math.max(0, offset - limit), 'prev')] : []),
  ];
  if (links.length > 0) call.reply.header('link', links.join(', '));
}

function linkTo(call: Call, offset: number, rel: string): string {
  const url = new URL(call.reply.request.url, 'http://gateway');
  url.searchParams.set('offset', String(offset));
  return `<${url.pathname}${url.search}>; rel="${rel}"`;
}
