import { createSocket } from 'node:dgram';
import { createOutbound } from './outbound';
import { createNameResolver } from './resolve-name';

/** Addresses by name; a name that is not here gets no answer at all. */
type Zone = Readonly<Record<string, { readonly 4?: readonly string[]; readonly 6?: readonly string[] }>>;

const NXDOMAIN = 3;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A DNS server of one's own (RFC 1035) on loopback. */
async function nameServer(zone: Zone): Promise<string> {
  const socket = createSocket('udp4');
  closing.push(() => socket.close());
  socket.on('message', (query, peer) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString('ascii', at + 1, at + 1 + length));
      at += 1 + length;
    }
    const entry = zone[labels.join('.')];
    if (!entry) return;
    const type = query.readUInt16BE(at + 1);
    const addresses = (type === 1 ? entry[4] : entry[6]) ?? [];
    const known = entry[4] !== undefined || entry[6] !== undefined;
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (known ? 0 : NXDOMAIN), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(addresses.length, 6);
    const answers = addresses.map((address) => {
      const data = Buffer.from(type === 1 ? address.split('.').map(Number) : sixteenBytes(address));
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0); // the name of the question
      record.writeUInt16BE(type, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt16BE(data.length, 10);
      return Buffer.concat([record, data]);
    });
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...answers]), peer.port, peer.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return `127.0.0.1:${socket.address().port}`;
}

/** Of an address with all of its eight groups. */
function sixteenBytes(address: string): number[] {
  return address.split(':').flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]);
}

const PUBLIC = '2606:4700:0:0:0:0:0:1111';

describe('names', () => {
  it('should lead to all of their addresses, or nowhere', async () => {
    const server = await nameServer({
      'both.example': { 4: ['192.0.2.1', '192.0.2.2'], 6: [PUBLIC] },
      'four.example': { 4: ['192.0.2.3'] },
      'six.example': { 6: [PUBLIC] },
      'none.example': {},
    });
    const { resolve } = createNameResolver([server]);
    expect(await resolve('both.example')).toEqual([
      ...[
        { address: '192.0.2.1', family: 4 },
        { address: '192.0.2.2', family: 4 },
      ],
      { address: '2606:4700::1111', family: 6 },
    ]);
    expect(await resolve('four.example')).toEqual([{ address: '192.0.2.3', family: 4 }]);
    expect(await resolve('six.example')).toEqual([{ address: '2606:4700::1111', family: 6 }]);
    await expect(resolve('none.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('should not wait for those whose servers are silent', async () => {
    const { resolve, cancel } = createNameResolver([await nameServer({ 'quick.example': { 4: ['127.0.0.1'] } })]);
    closing.push(cancel);
    const outbound = createOutbound({ allowPrivate: false, lookup: resolve, timeoutMs: 3_000 });
    const codeOf = (name: string) =>
      outbound.post(`https://${name}/`, { body: 'x' }).catch((error: { code: string }) => error.code);
    const silent = Array.from({ length: 40 }, (_, n) => codeOf(`silent-${n}.example`));
    expect(await Promise.race([codeOf('quick.example'), ...silent])).toBe('address_refused');
    expect(new Set(await Promise.all(silent))).toEqual(new Set(['timeout']));
    await outbound.close();
  });
});
