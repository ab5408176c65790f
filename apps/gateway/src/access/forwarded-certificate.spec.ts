import { authorityOf } from './certificate.testing';
import { forwardedCert, readForwardedCert } from './forwarded-certificate';

describe('X-Forwarded-Client-Cert', () => {
  it.each<[string, string, string | undefined]>([
    ['as Envoy writes it', 'Hash=ab;Cert="x%20y";Subject="CN=a";URI=spiffe://b', 'x%20y'],
    ['with its key in any case and without quotes', 'cert=x', 'x'],
    ['of the last element alone', 'Cert="first",Cert="last"', 'last'],
    ['and of no earlier one', 'Cert="first",Hash=ab;URI=spiffe://b', undefined],
    ['with separators in quotes', 'Subject="a;Cert=evil,Cert=evil";Cert="x"', 'x'],
    ['with escaped quotes', 'Subject="a\\";Cert=\\"evil";Cert="x\\"y"', 'x"y'],
    ['with a quote that never ends', 'Hash="ab;Cert=x', undefined],
    ['without a value', 'Cert', undefined],
    ['as a chain, which is another thing', 'Chain="x"', undefined],
    ['empty', '', undefined],
  ])('should have the certificate %s', (_what, header, cert) => {
    expect(forwardedCert(header)).toBe(cert);
  });

  it('should be read as one PEM block, and nothing else', () => {
    const { pem } = authorityOf('one');
    expect(readForwardedCert(encodeURIComponent(pem))?.toString()).toBe(pem);
    // As nginx and Envoy escape it: spaces and line ends at least.
    expect(readForwardedCert(pem.replaceAll('\n', '%0A').replaceAll(' ', '%20'))?.toString()).toBe(pem);
    for (const bad of ['', 'hello', '%', pem + pem, pem.slice(0, 80), pem.replaceAll('CERTIFICATE', 'PRIVATE KEY')])
      expect(readForwardedCert(bad.includes('%') ? bad : encodeURIComponent(bad))).toBeUndefined();
    expect(readForwardedCert(encodeURIComponent(pem + ' '.repeat(20_000)))).toBeUndefined();
  });
});
