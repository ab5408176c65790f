import { correlated, createLogger, nestLogger, redacted } from './logging';

describe('logging', () => {
  const written = (write: (logger: ReturnType<typeof createLogger>) => void, level = 'info') => {
    const lines: string[] = [];
    write(createLogger({ service: 'tasks', level }, { write: (line: string) => void lines.push(line) }));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('should write one JSON object per line, with the ids of the request it belongs to', () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const metadata = { correlation_id: 'c-1', command_id: 'd-1', traceparent: `00-${trace}-b7ad6b7169203331-01` };
    const [line] = written((logger) =>
      correlated(logger, metadata).warn({ agent_id: 'a' }, 'text\nwith lines \u001b[31m'),
    );
    expect(line).toMatchObject({
      level: 'warn',
      service: 'tasks',
      msg: 'text\nwith lines \u001b[31m',
      correlation_id: 'c-1',
      command_id: 'd-1',
      trace_id: trace,
      agent_id: 'a',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
  });

  it('should take credentials out wherever they stand', () => {
    const lines = written((logger) => {
      logger.info({
        req: {
          url: '/ws?a=1&token=SECRET-SECRET&b=2',
          headers: { authorization: 'Bearer SECRET-SECRET', cookie: 'SECRET-SECRET' },
        },
      });
      logger.info(
        {
          headers: { authorization: 'Basic U0VDUkVUU0VDUkVU' },
          authorization: 'SECRET-SECRET',
          password: 'SECRET-SECRET',
        },
        'x',
      );
      logger.info('GET /api?access_token=SECRET-SECRET HTTP/1.1 with Authorization: bearer SECRET-SECRET');
      logger.info({ url: 'postgres://ao_tasks:SECRET-SECRET@localhost/ao', config: { password: 'SECRET-SECRET' } });
      logger.error(
        { err: new Error('connect to nats://u:SECRET-SECRET@host failed, ?api_key=SECRET-SECRET') },
        'failed',
      );
      logger.child({ where: 'https://host/?secret=SECRET-SECRET#x' }).info('child');
    });
    expect(JSON.stringify(lines)).not.toMatch(/SECRET|U0VDUkVU/);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ req: { url: '/ws?a=1&token=[redacted]&b=2' } });
    expect(lines[3]).toMatchObject({ url: 'postgres://ao_tasks:[redacted]@localhost/ao' });
  });

  it('should take the secret out of registration tokens and private keys', () => {
    const token = `ao_reg_${'0a'.repeat(16)}`;
    const key = (inside: string) => `-----BEGIN PRIVATE KEY-----${inside}-----END PRIVATE KEY-----`;
    expect(redacted(`${token}_${'A'.repeat(43)} ${key('\\nMIG\\n')}`)).toBe(`${token}_[redacted] ${key('[redacted]')}`);
  });

  it('should leave harmless text alone', () => {
    for (const text of ['tokens=5', 'https://host:8080/path@x', 'the bearer of news', 'a basic idea', '12:30 at x@y.z'])
      expect(redacted(text)).toBe(text);
  });

  it("should carry Nest's lines, its start only when looking for mistakes", () => {
    const lines = written((logger) => {
      const nest = nestLogger(logger);
      nest.log('Nest application successfully started', 'NestApplication');
      nest.log('something of ours', 'OurService');
      nest.error('it failed', 'Error: it failed\n at x', 'ExceptionsHandler');
      nest.error(new Error('thrown'));
    });
    expect(lines).toEqual([
      expect.objectContaining({ level: 'info', msg: 'something of ours', context: 'OurService' }),
      expect.objectContaining({ level: 'error', msg: 'it failed', stack: 'Error: it failed\n at x' }),
      expect.objectContaining({ level: 'error', msg: 'thrown', err: expect.objectContaining({ message: 'thrown' }) }),
    ]);
  });
});
