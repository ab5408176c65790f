import { isForeignOrigin, isLoopbackHost, whyNotOpen } from './origin';

describe('the open coordinator', () => {
  const local = { host: 'localhost:9001' };

  it('should let programs on this machine in', () => {
    expect(whyNotOpen('GET', local)).toBeUndefined();
    expect(whyNotOpen('POST', { ...local, 'content-type': 'application/json; charset=utf-8' })).toBeUndefined();
    expect(whyNotOpen('POST', { host: '[::1]:9001' })).toBeUndefined();
    expect(whyNotOpen('POST', { host: '127.0.0.1' })).toBeUndefined();
  });

  it('should let the docs page of the same origin in', () => {
    const page = { ...local, origin: 'http://localhost:9001', 'sec-fetch-site': 'same-origin' };
    expect(whyNotOpen('POST', { ...page, 'content-type': 'application/json' })).toBeUndefined();
  });

  it.each([
    ['a foreign origin', { ...local, origin: 'https://evil.example' }],
    ['an opaque origin', { ...local, origin: 'null' }],
    ['an origin that begins alike', { ...local, origin: 'http://localhost:9001.evil.example' }],
    ['another port of this machine', { ...local, origin: 'http://localhost:8080' }],
    ['a cross-site read', { ...local, 'sec-fetch-site': 'cross-site' }],
    ['a rebound name', { host: 'evil.example:9001' }],
    ['a rebound name with its own origin', { host: 'evil.example', origin: 'http://evil.example' }],
    ['no host', {}],
    ['a host that hides a name', { host: 'localhost@evil.example' }],
    ['a name that begins alike', { host: 'localhost.evil.example' }],
    ['a form', { ...local, 'content-type': 'application/x-www-form-urlencoded' }],
    ['text without preflight', { ...local, 'content-type': 'text/plain' }],
    ['a type that begins alike', { ...local, 'content-type': 'application/json-but-not' }],
  ])('rejects %s', (_name, headers) => {
    expect(whyNotOpen('POST', headers)).toEqual(expect.any(String));
  });

  it('should tell loopback from other addresses', () => {
    for (const host of ['localhost', '127.0.0.1', '127.3.2.1', '::1']) expect(isLoopbackHost(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', '']) expect(isLoopbackHost(host)).toBe(false);
  });

  it('should call no program foreign', () => {
    expect(isForeignOrigin({ host: 'any:1' })).toBe(false);
  });
});
