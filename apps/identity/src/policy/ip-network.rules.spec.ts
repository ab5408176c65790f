import { BlockList, isIP, SocketAddress } from 'node:net';
import fc from 'fast-check';
import { formatNetwork, holds, mayEnter, parseNetwork } from './ip-network.rules';

const written = (text: string) => {
  const network = parseNetwork(text);
  return network && formatNetwork(network);
};
const rule = (cidr: string) => ({ cidr, description: '' });

describe('networks', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['203.0.113.7', '203.0.113.7/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:1::/48', '2001:db8::/48'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['1::', '1::/128'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3/128'],
    ['fe80::1%eth0', 'fe80::1/128'],
    ['::ffff:192.0.2.1', '192.0.2.1/32'],
    ['::ffff:c000:0201', '192.0.2.1/32'],
    ['::ffff:10.9.8.7/104', '10.0.0.0/8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221/128'],
  ])('should write %s as %s', (text, expected) => {
    expect(written(text)).toBe(expected);
  });

  it.each(['', 'x', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4/33', '1.2.3.4/', '1.2.3.4/8/8', '1.2.3.4/-1', ':::'])(
    'rejects %j',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  );
  it.each(['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::', '::/129', '::1.2.3', '1:2:3:4:5:6:7:8::'])(
    'rejects %j',
    (text) => expect(parseNetwork(text)).toBeUndefined(),
  );

  it('should agree with Node about what is an address and how it is written', () => {
    const any = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/));
    fc.assert(
      fc.property(any, (address) => {
        const family = isIP(address);
        expect(parseNetwork(address) !== undefined).toBe(family !== 0);
        if (family === 0) return;
        const canonical = new SocketAddress({ address, family: family === 4 ? 'ipv4' : 'ipv6' }).address;
        const [ours] = written(address)!.split('/');
        // libuv writes some addresses with an IPv4 tail; both must be the same address all the same.
        expect(parseNetwork(canonical)).toEqual(parseNetwork(ours!));
        if (!canonical.includes('.') || family === 4) expect(ours).toBe(canonical);
      }),
    );
  });

  it("should agree with Node's BlockList, which gateways go by, about who is inside", () => {
    const family = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4');
    const network = fc.oneof(
      fc.tuple(fc.ipV4(), fc.nat(32)),
      fc.tuple(fc.ipV6(), fc.nat(128)),
      // Around IPv4 in IPv6 clothes.
      fc.tuple(fc.constantFrom('::', '::ffff:0:0', '::ffff:102:304', '::fffe:0:0'), fc.integer({ min: 76, max: 128 })),
    );
    fc.assert(
      fc.property(network, fc.ipV4(), fc.ipV6(), fc.nat(3), ([net, prefix], v4, v6, which) => {
        const address = [net, v4, v6, `::ffff:${v4}`][which]!;
        const list = new BlockList();
        list.addSubnet(net, prefix, family(net));
        expect(holds(parseNetwork(`${net}/${prefix}`)!, parseNetwork(address)!)).toBe(
          list.check(address, family(address)),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('who may enter', () => {
  it('should be everybody without rules', () => {
    expect(mayEnter({ allow: [], block: [] }, '192.0.2.1')).toBe(true);
    expect(mayEnter({ allow: [], block: [] }, 'unknown')).toBe(true);
  });

  it('should be only those allowed, once anybody is', () => {
    const rules = { allow: [rule('192.0.2.0/24'), rule('2001:db8::/32')], block: [] };
    for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::7']) expect(mayEnter(rules, address)).toBe(true);
    for (const address of ['192.0.3.1', '2001:db9::7', '::1', '127.0.0.1', 'unknown'])
      expect(mayEnter(rules, address)).toBe(false);
  });

  it('should be nobody when all of IPv6 is blocked, for IPv4 may come in its clothes', () => {
    const rules = { allow: [], block: [rule('::/0')] };
    for (const address of ['192.0.2.1', '2001:db8::7']) expect(mayEnter(rules, address)).toBe(false);
    expect(mayEnter({ allow: [], block: [rule('2000::/3')] }, '192.0.2.1')).toBe(true);
  });

  it('should not be those blocked, allowed or not', () => {
    const rules = { allow: [rule('192.0.2.0/24')], block: [rule('192.0.2.128/25')] };
    expect(mayEnter(rules, '192.0.2.127')).toBe(true);
    expect(mayEnter(rules, '192.0.2.128')).toBe(false);
  });
});
