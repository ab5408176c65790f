import { lookup as lookupAddresses } from 'node:dns/promises';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { OutboundError, isCallableAddress, type CallRules, type OutboundErrorCode } from '@ao/outbound';
import type { SmtpServer } from './smtp-url';

const CODES: Readonly<Record<string, readonly [OutboundErrorCode, string]>> = {
  ENOTFOUND: ['name_not_found', 'The name of the mail server leads to no address'],
  EAI_AGAIN: ['name_not_found', 'The name of the mail server cannot be looked up now'],
  ETIMEDOUT: ['timeout', 'The mail server took no connection in time'],
  ECONNRESET: ['connection_lost', 'The connection to the mail server was lost'],
};

/**
 * A connection to a mail server. With `rules` only to addresses that may be called, judged where the connection is made, so
 * that a name that changes its mind gains nothing. @throws OutboundError
 */
export async function connectSmtp(
  server: SmtpServer,
  rules: CallRules | undefined,
  timeoutMs: number,
): Promise<Socket> {
  const { host, port } = server;
  const mayCall = (address: string | undefined) =>
    !rules || (address !== undefined && isCallableAddress(address, rules));
  // Node asks no `lookup` for what is an address already.
  if (isIP(host) !== 0 && !mayCall(host)) throw addressRefused();
  const lookup: LookupFunction = (hostname, { all }, callback) => {
    lookupAddresses(hostname, { all: true }).then(
      (addresses) => {
        const [first] = addresses;
        if (!first || !addresses.every(({ address }) => mayCall(address))) callback(addressRefused(), []);
        else if (all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, lookup, autoSelectFamily: true });
    const fail = (error: Error) => {
      socket.destroy();
      reject(explained(error));
    };
    const late = setTimeout(() => fail(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeoutMs);
    socket.once('error', fail);
    socket.once('close', () => clearTimeout(late));
    socket.once('connect', () => {
      clearTimeout(late);
      socket.off('error', fail);
      if (mayCall(socket.remoteAddress)) return resolve(socket);
      fail(addressRefused());
    });
  });
}

const addressRefused = () =>
  new OutboundError('address_refused', 'The mail server has a private or reserved address, which is not called');

function explained(error: Error): OutboundError {
  if (error instanceof OutboundError) return error;
  const met: unknown = error instanceof AggregateError ? error.errors[0] : error;
  if (met instanceof OutboundError) return met;
  const known = CODES[String((met as NodeJS.ErrnoException).code)];
  return known ? new OutboundError(...known) : new OutboundError('connection_refused', 'The mail server is not there');
}
