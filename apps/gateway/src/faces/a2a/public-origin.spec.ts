import type { Call } from '../../http/call';
import { Problem } from '../../http/problem';
import { publicOrigin } from './public-origin';

const reached = (protocol: string, host: string) => ({ reply: { request: { protocol, host } } }) as unknown as Call;
const unset = { 'general.public_url': '' };

describe('where clients reach this installation', () => {
  it('should be where this one did', () => {
    expect(publicOrigin(reached('http', 'localhost:3000'), unset)).toBe('http://localhost:3000');
    expect(publicOrigin(reached('https', 'AO.example.org:443'), unset)).toBe('https://ao.example.org');
    expect(publicOrigin(reached('http', '[::1]:9001'), unset)).toBe('http://[::1]:9001');
  });

  it('should be what the setting says, whatever the Host', () => {
    const set = { 'general.public_url': 'https://ao.example.org/agents/' };
    expect(publicOrigin(reached('http', 'evil.example'), set)).toBe('https://ao.example.org/agents');
  });

  it('rejects a Host that is none', () => {
    for (const host of ['', 'a b', 'x/y', 'user@x', 'x:99999', 'x?', '"><script>', '[zz]', 'x:'])
      expect(() => publicOrigin(reached('http', host), unset)).toThrow(Problem);
  });
});
