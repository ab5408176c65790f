import type { LoggerService } from '@nestjs/common';
import type { CommandMetadata } from '@ao/kernel';
import { traceIdOf } from '@ao/messaging';
import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Credentials as they may stand in any line: in URLs (`?token=`, `user:password@`) and in headers. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/([?&](?:token|access_token|api_key|apikey|key|secret|password)=)[^&\s"'\\]+/gi, '$1[redacted]'],
  // So long that no sentence with these words is meant.
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{12,}/gi, '$1 [redacted]'],
  [/(:\/\/[^:@\s"'/\\]*:)[^@\s"'/\\]+@/g, '$1[redacted]@'],
  // Registration tokens, and keys of agents in the one answer that holds them.
  [/\b(ao_reg_[0-9a-f]{32})_[A-Za-z0-9_-]{43}/g, '$1_[redacted]'],
  [/(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END)/gs, '$1[redacted]'],
];

/** The text without credentials. */
export function redacted(text: string): string {
  return SECRETS.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/** One JSON object per line: level, time, service, msg and what was given. Credentials are taken out of every line. */
export function createLogger(
  options: { readonly service: string; readonly level?: string },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: { service: options.service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'password',
          '*.password',
          'authorization',
          '*.authorization',
          '*.headers.authorization',
          '*.headers.cookie',
        ],
        censor: '[redacted]',
      },
      // The last door: whatever a message, a URL or an error's text holds passes here.
      hooks: { streamWrite: redacted },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** A logger whose lines carry the ids of the request, command or event they belong to. */
export function correlated(
  logger: Logger,
  metadata: Pick<CommandMetadata, 'correlation_id' | 'command_id' | 'traceparent'>,
): Logger {
  const trace_id = traceIdOf(metadata.traceparent);
  return logger.child({
    correlation_id: metadata.correlation_id,
    command_id: metadata.command_id,
    ...(trace_id ? { trace_id } : {}),
  });
}

/** Contexts in which Nest tells of its own start: of interest only when looking for a mistake there. */
const CHATTY = new Set([
  'InstanceLoader',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
  'NestMicroservice',
  'NestApplication',
]);

/** Nest's own lines, through the same logger. */
export function nestLogger(logger: Logger): LoggerService {
  const write =
    (level: 'info' | 'error' | 'warn' | 'debug' | 'trace') =>
    (message: unknown, ...rest: unknown[]) => {
      const context = typeof rest.at(-1) === 'string' ? (rest.at(-1) as string) : undefined;
      const fields: Record<string, unknown> = { context };
      if (message instanceof Error) fields['err'] = message;
      else if (level === 'error' && typeof rest[0] === 'string' && rest.length > 1) fields['stack'] = rest[0];
      const quiet = level === 'info' && context !== undefined && CHATTY.has(context);
      logger[quiet ? 'debug' : level](fields, message instanceof Error ? message.message : String(message));
    };
  return {
    log: write('info'),
    error: write('error'),
    warn: write('warn'),
    debug: write('debug'),
    verbose: write('trace'),
    fatal: write('error'),
  };
}
