import { randomBytes } from 'node:crypto';
import type { Attributes, Context, SpanKind, TextMapGetter, TextMapSetter } from '@opentelemetry/api';

/** Where spans around sending and handling begin; the default only hands the sender's trace context on. */
export interface Tracing {
  /** Runs `send` with the traceparent that shall travel. */
  around<T>(
    span: { readonly kind: 'client' | 'server'; readonly name: string; readonly attributes?: Attributes },
    traceparent: string | undefined,
    work: (traceparent: string | undefined) => Promise<T>,
  ): Promise<T>;
}

export const noTracing: Tracing = { around: (_span, traceparent, work) => work(traceparent) };

type OtelApi = typeof import('@opentelemetry/api');

const setter: TextMapSetter<Record<string, string>> = { set: (carrier, key, value) => void (carrier[key] = value) };
const getter: TextMapGetter<Record<string, string>> = {
  keys: (carrier) => Object.keys(carrier),
  get: (carrier, key) => carrier[key],
};

/** Spans by OpenTelemetry; the API is handed in, so that a service without a collector never loads it. */
export function otelTracing(api: OtelApi): Tracing {
  const tracer = api.trace.getTracer('agent-orchestration');
  const kinds: Record<'client' | 'server', SpanKind> = { client: api.SpanKind.CLIENT, server: api.SpanKind.SERVER };
  return {
    around(span, traceparent, work) {
      const active = api.context.active();
      // A span of this process that is open already is the nearer parent.
      const parent: Context =
        traceparent === undefined || api.trace.getSpan(active) !== undefined
          ? active
          : api.propagation.extract(active, { traceparent }, getter);
      const options = { kind: kinds[span.kind], attributes: span.attributes };
      return tracer.startActiveSpan(span.name, options, parent, async (opened) => {
        try {
          const carrier: Record<string, string> = {};
          api.propagation.inject(api.context.active(), carrier, setter);
          return await work(carrier['traceparent'] ?? traceparent);
        } catch (error) {
          opened.recordException(error instanceof Error ? error : String(error));
          opened.setStatus({ code: api.SpanStatusCode.ERROR });
          throw error;
        } finally {
          opened.end();
        }
      });
    },
  };
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A new W3C trace context (not sampled), for a request that came without one: logs and events still get a trace id. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
}

/** The trace id of a W3C traceparent; undefined when it is not one. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  return match?.[1] === '0'.repeat(32) ? undefined : match?.[1];
}
