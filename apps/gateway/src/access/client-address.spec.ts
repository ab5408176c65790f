import { BlockList } from 'node:net';
import { clientAddress } from './client-address';
import { addressGate, holds, networks, plainAddress } from './ip-rules';

const rules = (allow: string[], block: string[]) => ({
  allow: allow.map((cidr) => ({ cidr, description: '' })),
  block: block.map((cidr) => ({ cidr, description: '' })),
});

describe('the address of a caller', () => {
  const request = (remoteAddress: string | undefined, forwarded?: string) =>
    ({
      socket: { remoteAddress },
      headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    }) as Parameters<ReturnType<typeof clientAddress>>[0];

  it('should be that of the connection, whatever headers say', () => {
    const addressOf = clientAddress([]);
    expect(addressOf(request('203.0.113.5', '10.0.0.1'))).toBe('203.0.113.5');
    expect(addressOf(request('::ffff:203.0.113.5', '10.0.0.1'))).toBe('203.0.113.5');
    expect(addressOf(request('fe80::1%eth0'))).toBe('fe80::1');
    expect(addressOf(request(undefined))).toBe('unknown');
    expect(clientAddress(['10.0.0.0/8'])(request('203.0.113.5', '198.51.100.1'))).toBe('203.0.113.5');
  });

  it.each([
    ['the hop before a proxy', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['the first that is no proxy, from the right', '10.0.0.1', '1.1.1.1, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['not what the caller wrote to the left of it', '10.0.0.1', '127.0.0.1,10.0.0.7,198.51.100.1', '198.51.100.1'],
    ['the furthest, when all are proxies', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['the proxy, when it names none', '10.0.0.1', undefined, '10.0.0.1'],
    ['the proxy, when it names nonsense', '10.0.0.1', '198.51.100.1, unknown', '10.0.0.1'],
    ['without a port', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['IPv6, with brackets and port too', 'fd00::7', '[2001:DB8::1]:4711', '2001:db8::1'],
    ['IPv4 in IPv6 as IPv4', '::ffff:10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['the same in hexadecimal', '10.0.0.1', '::ffff:c633:6401', '198.51.100.1'],
  ])('should be behind a proxy that is trusted %s', (_, peer, forwarded, expected) => {
    expect(clientAddress(['10.0.0.0/8', 'fd00::/8'])(request(peer, forwarded))).toBe(expected);
  });
});

describe('IP rules', () => {
  it('should let everybody in while there are none', () => {
    expect(addressGate(rules([], []))('203.0.113.5')).toBe(true);
    expect(addressGate(rules([], []))('unknown')).toBe(true);
  });

  it.each([
    ['10.0.0.0/8', '10.255.0.1', '11.0.0.1'],
    ['203.0.113.5', '203.0.113.5', '203.0.113.6'],
    ['2001:db8::/32', '2001:db8:1::9', '2001:db9::1'],
    ['2001:db8::1', '2001:db8::1', '2001:db8::2'],
    ['::ffff:10.0.0.0/104', '10.1.2.3', '11.0.0.1'],
    ['0.0.0.0/0', '8.8.8.8', '2001:db8::1'],
  ])('should hold for %s', (cidr, inside, outside) => {
    const [blocking, allowing] = [addressGate(rules([], [cidr])), addressGate(rules([cidr], []))];
    for (let again = 0; again < 2; again += 1) {
      expect([blocking(inside), blocking(outside)]).toEqual([false, true]);
      expect([allowing(inside), allowing(outside)]).toEqual([true, false]);
    }
    expect(allowing('unknown')).toBe(false);
  });

  it('should let block win over allow', () => {
    const gate = addressGate(rules(['10.0.0.0/8'], ['10.6.6.0/24']));
    expect([gate('10.1.1.1'), gate('10.6.6.6'), gate('192.0.2.1')]).toEqual([true, false, false]);
  });

  it('should be the same for an address however it is written', () => {
    expect(plainAddress('::FFFF:10.0.0.1')).toBe('10.0.0.1');
    expect(plainAddress('::ffff:a00:1')).toBe('10.0.0.1');
    expect(plainAddress('0:0:0:0:0:ffff:a00:1')).toBe('10.0.0.1');
    expect(plainAddress('2001:db8::ffff:a00:1')).toBe('2001:db8::ffff:a00:1');
    expect(holds(networks(['10.0.0.0/8']), 'not an address')).toBe(false);
    expect(holds(new BlockList(), '10.0.0.1')).toBe(false);
  });
});
