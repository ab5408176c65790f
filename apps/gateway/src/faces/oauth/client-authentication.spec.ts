import { Problem } from '../../http/problem';
import { clientCredentials } from './client-authentication';

const basic = (text: string) => `Basic ${Buffer.from(text, 'utf8').toString('base64')}`;

function refusal(...asked: Parameters<typeof clientCredentials>): string {
  try {
    clientCredentials(...asked);
  } catch (error) {
    if (error instanceof Problem) return `${error.status} ${error.code}`;
    throw error;
  }
  return 'taken';
}

describe('the authentication of an OAuth client', () => {
  const inBody = { client_id: 'a', client_secret: 'b' };

  it('should take id and secret from the body', () => {
    expect(clientCredentials(undefined, inBody)).toEqual(inBody);
  });

  it('should take them from the header, where both are form-encoded', () => {
    expect(clientCredentials(basic('a:b'), {})).toEqual(inBody);
    expect(clientCredentials(basic('a%3Aa:b+%25%2B%3A'), {})).toEqual({ client_id: 'a:a', client_secret: 'b %+:' });
    expect(clientCredentials(basic('a:b'), { client_id: 'a' })).toEqual(inBody);
    expect(clientCredentials(basic('a:b:c'), {})).toEqual({ client_id: 'a', client_secret: 'b:c' });
  });

  it('should leave a header of another scheme aside', () => {
    expect(clientCredentials('Bearer abc', inBody)).toEqual(inBody);
    expect(refusal('Bearer abc', { client_id: 'a' })).toBe('401 invalid_client');
  });

  it('rejects two ways at once', () => {
    expect(refusal(basic('a:b'), inBody)).toBe('400 invalid_request');
    expect(refusal(basic('a:b'), { client_id: 'other' })).toBe('400 invalid_request');
  });

  it('rejects what is no credential', () => {
    expect(refusal(undefined, {})).toBe('400 invalid_request');
    expect(refusal(undefined, { client_id: 'a' })).toBe('401 invalid_client');
    for (const header of ['Basic', 'Basic ', 'Basic !!!', basic('a'), basic(':b'), basic('a:'), basic('%zz:b')]) {
      expect([header, refusal(header, {})]).toEqual([header, '401 invalid_client']);
    }
  });
});
