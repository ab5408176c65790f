import { isCallableAddress, whyNotCallable } from './callable';

const PUBLIC = { allowPrivate: false };
const PRIVATE = { allowPrivate: true };

describe('whyNotCallable', () => {
  it.each([
    'https://example.org',
    'https://example.org/hooks?x=1',
    'https://example.org:8443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://[64:ff9b::808:808]/',
    'https://bücher.example/',
    // Only a look-up tells where they lead.
    'https://169.254.169.254.nip.io/',
  ])('should allow %s', (url) => {
    expect(whyNotCallable(url, PUBLIC)).toBeUndefined();
  });

  it.each([
    ...[
      'http://example.org/',
      'ftp://example.org/',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'gopher://example.org/',
    ],
    ...['//example.org', '/hooks', '', 'https://', 'https://example.org:70000/', 'https://example.org:0/'],
    ...['https://example.org:22/', 'https://example.org:6379/', 'https://example.org:80/', 'https://example.org:4222/'],
    ...['https://user@example.org/', 'https://:secret@example.org/', 'https://user:secret@example.org/'],
    ...['https://localhost/', 'https://localhost./', 'https://LOCALHOST/', 'https://a.localhost/', 'https://postgres/'],
    ...['https://gateway/', 'https://identity.agent-orchestration.svc/', 'https://nats.default.svc.cluster.local/'],
    ...['https://metadata.google.internal/', 'https://printer.local/', 'https://router.lan/', 'https://x.home.arpa/'],
    ...['https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f000001/', 'https://0177.0.0.1/'],
    ...['https://①②⑦.0.0.1/', 'https://0/', 'https://0.0.0.0/', 'https://127.0.0.1./', 'https://127.255.255.254/'],
    ...['https://[::1]/', 'https://[::]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:7f00:1]/'],
    ...[
      'https://[::127.0.0.1]/',
      'https://[64:ff9b::7f00:1]/',
      'https://[64:ff9b:1::7f00:1]/',
      'https://[2002:7f00:1::]/',
    ],
    ...[
      'https://[fc00::1]/',
      'https://[fd00:ec2::254]/',
      'https://[fe80::1]/',
      'https://[fec0::1]/',
      'https://[ff02::1]/',
    ],
    ...['https://[2001:0:7f00:1::]/', 'https://[2001:db8::1]/', 'https://[100::1]/', 'https://[::ffff:0:127.0.0.1]/'],
    ...['https://10.0.0.1/', 'https://172.16.0.1/', 'https://172.31.255.255/', 'https://192.168.1.1/'],
    ...['https://100.64.0.1/', 'https://169.254.169.254/', 'https://192.0.0.1/', 'https://192.0.2.1/'],
    ...['https://198.18.0.1/', 'https://198.51.100.1/', 'https://203.0.113.1/', 'https://224.0.0.1/'],
    ...['https://240.0.0.1/', 'https://255.255.255.255/'],
  ])('should refuse %s', (url) => {
    expect(whyNotCallable(url, PUBLIC)).toMatch(/^must /);
  });

  it.each([
    'http://127.0.0.1:9000/x',
    'http://localhost:1/',
    'https://10.1.2.3:22/',
    'http://[::1]:80/',
    'http://mock/',
  ])('should allow %s where private addresses may be called', (url) => {
    expect(whyNotCallable(url, PUBLIC)).toBeDefined();
    expect(whyNotCallable(url, PRIVATE)).toBeUndefined();
  });

  it.each([
    ...['ftp://localhost/', 'http://u:p@localhost/', 'http://localhost:0/', 'not a url'],
    ...['http://169.254.169.254/latest/meta-data', 'http://0.0.0.0:8080/', 'http://[::]/', 'http://224.0.0.1/'],
    ...['http://[2002:7f00:1::]/', 'http://[fe80::1]/', 'http://255.255.255.255/'],
  ])('should refuse %s even there', (url) => {
    expect(whyNotCallable(url, PRIVATE)).toMatch(/^must /);
  });
});

describe('isCallableAddress', () => {
  it.each(['', 'example.org', '127.1', '0x7f000001', '010.0.0.1', '1', '::1%lo', '[::1]'])(
    'should refuse what is no address: %p',
    (text) => {
      expect(isCallableAddress(text, PUBLIC)).toBe(false);
      expect(isCallableAddress(text, { allowPrivate: text === '::1%lo' ? false : true })).toBe(false);
    },
  );

  it('should judge a mapped address as the one in it', () => {
    expect(isCallableAddress('::ffff:8.8.8.8', PUBLIC)).toBe(true);
    expect(isCallableAddress('::ffff:10.0.0.1', PUBLIC)).toBe(false);
    expect(isCallableAddress('::ffff:10.0.0.1', PRIVATE)).toBe(true);
    expect(isCallableAddress('::ffff:169.254.169.254', PRIVATE)).toBe(false);
  });
});
