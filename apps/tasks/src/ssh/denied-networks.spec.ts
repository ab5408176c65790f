import { DENIED_NETWORKS, deniedNetworks } from './denied-networks';

describe('the networks that are denied', () => {
  const isDenied = deniedNetworks(DENIED_NETWORKS);

  it.each([
    ...['127.0.0.1', '127.255.0.9', '0.0.0.0', '169.254.169.254', '192.0.0.192', '224.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'ff02::1', 'fd00:ec2::254'],
    ...['::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '2002:7f00:1::'],
  ])('should hold %s unless told otherwise', (address) => expect(isDenied(address)).toBe(true));

  it.each(['10.0.0.7', '172.16.4.4', '192.168.1.1', '100.64.0.1', '203.0.113.5', 'fd12::1', '2a01:db8::1'])(
    'should leave %s alone',
    (address) => expect(isDenied(address)).toBe(false),
  );

  it('should be those that are named, and nothing that is no address', () => {
    const own = deniedNetworks('10.0.0.0/8, fd00::/8');
    expect(['10.1.2.3', 'fd00::1', 'localhost', ''].map(own)).toEqual([true, true, true, true]);
    expect(['127.0.0.1', '11.0.0.1', '::1'].map(own)).toEqual([false, false, false]);
    expect(deniedNetworks('')('127.0.0.1')).toBe(false);
  });

  it.each(['10.0.0.0', '10.0.0.0/33', 'ten/8', '10.0.0.0/8/8', '::/129', '10.0.0.0/-1'])(
    'rejects %s as a network',
    (network) => expect(() => deniedNetworks(network)).toThrow(network),
  );
});
