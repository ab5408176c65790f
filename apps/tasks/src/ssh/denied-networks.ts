import { BlockList, isIP } from 'node:net';

/**
 * Where nobody may connect to unless the settings say otherwise: this machine itself, link-local addresses (the metadata
 * services of clouds are there), multicast, and the forms of IPv6 that hide an address of IPv4. Private networks are not
 * among them: that is where the hosts are that one has SSH connections to.
 */
export const DENIED_NETWORKS = [
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/128', '::1/128', 'fe80::/10', 'ff00::/8', 'fd00:ec2::254/128', '64:ff9b::/96', '2002::/16'],
].join(',');

/** Says of an address whether it lies in one of the networks. */
export type IsDenied = (address: string) => boolean;

/** `list`: CIDR networks separated by commas; empty denies nothing. @throws Error that names what is none */
export function deniedNetworks(list: string): IsDenied {
  const denied = new BlockList();
  const networks = list.split(',').map((network) => network.trim());
  for (const network of networks.filter((text) => text !== '')) {
    const [address = '', bits = '', more] = network.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || more !== undefined || !/^\d{1,3}$/.test(bits) || Number(bits) > most)
      throw new Error(`'${network}' is no network of the form address/bits`);
    denied.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const family = isIP(address);
    // What is no address cannot be judged. An IPv4 address inside one of IPv6 is judged as that of IPv4.
    return family === 0 || denied.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}
