import { parseFormBody } from './form-body';
import { oauthErrorOf } from './oauth-errors';
import { Problem, unavailable } from './problem';

const parse = (text: string) => parseFormBody(Buffer.from(text, 'latin1'));

describe('the form of the token endpoint', () => {
  it('should be read as RFC 6749 says: what has no value was left out', () => {
    expect(parse('grant_type=client_credentials&scope=a+b%26c&client_id=')).toEqual({
      grant_type: 'client_credentials',
      scope: 'a b&c',
    });
    expect(parse('')).toEqual({});
  });

  it('rejects a parameter that comes twice, and text that is none', () => {
    expect(() => parse('a=1&a=1')).toThrow(expect.objectContaining({ status: 400, code: 'invalid_request' }));
    expect(() => parse('a=&a=1')).toThrow(Problem);
    expect(() => parse('a=\xff')).toThrow(Problem);
  });

  it('should never reach a prototype', () => {
    expect(Object.keys(parse('__proto__=x&constructor=y'))).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('the errors of the token endpoint', () => {
  const said = (problem: Problem) => {
    const { status, body } = oauthErrorOf(problem);
    return [status, body.error];
  };

  it('should be in the words of RFC 6749', () => {
    expect(said(new Problem(401, 'invalid_client', 'no'))).toEqual([401, 'invalid_client']);
    expect(said(new Problem(400, 'invalid_scope', 'no'))).toEqual([400, 'invalid_scope']);
    expect(said(new Problem(400, 'malformed_json', 'no'))).toEqual([400, 'invalid_request']);
    expect(said(new Problem(422, 'validation_failed', 'no'))).toEqual([400, 'invalid_request']);
    expect(said(new Problem(429, 'throttled', 'no'))).toEqual([429, 'temporarily_unavailable']);
    expect(said(unavailable('store_unavailable', 'no'))).toEqual([503, 'temporarily_unavailable']);
    expect(said(new Problem(500, 'internal_error', 'no'))).toEqual([500, 'server_error']);
    expect(said(new Problem(403, 'address_blocked', 'no'))).toEqual([403, 'access_denied']);
  });

  it('should describe in the characters that the RFC allows', () => {
    const { body } = oauthErrorOf(new Problem(400, 'invalid_request', 'say "ä\\" \n'));
    expect(body.error_description).toBe("say '?'' ?");
  });
});
