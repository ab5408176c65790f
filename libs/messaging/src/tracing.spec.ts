import * as api from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { newTraceparent, noTracing, otelTracing, traceIdOf } from './tracing';

describe('tracing', () => {
  it("should hand the sender's context on untouched without a collector", async () => {
    const traceparent = newTraceparent();
    expect(await noTracing.around({ kind: 'client', name: 'x' }, traceparent, (seen) => Promise.resolve(seen))).toBe(
      traceparent,
    );
    expect(await noTracing.around({ kind: 'client', name: 'x' }, undefined, (seen) => Promise.resolve(seen))).toBe(
      undefined,
    );
  });

  it('should make a traceparent and find its trace id again, and none in anything else', () => {
    expect(newTraceparent()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    const trace = '0af7651916cd43dd8448eb211c80319c';
    expect(traceIdOf(`00-${trace}-b7ad6b7169203331-01`)).toBe(trace);
    for (const text of [undefined, '', 'x', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `00-${trace}-b7ad6b7169203331`])
      expect(traceIdOf(text)).toBeUndefined();
  });

  it('should make spans of one trace from the edge to the handler, also when they fail', async () => {
    const exporter = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    provider.register();
    try {
      const tracing = otelTracing(api);
      const edge = newTraceparent().replace(/00$/, '01');
      await tracing.around({ kind: 'client', name: 'send' }, edge, async (sent) => {
        // The other side is another process: nothing of this one's context is there.
        await api.context.with(api.ROOT_CONTEXT, () =>
          tracing
            .around({ kind: 'server', name: 'handle' }, sent, () => Promise.reject(new Error('no')))
            .catch(() => undefined),
        );
      });
      const [handle, send] = exporter.getFinishedSpans();
      expect([send?.name, handle?.name]).toEqual(['send', 'handle']);
      expect(send?.spanContext().traceId).toBe(traceIdOf(edge));
      expect(handle?.spanContext().traceId).toBe(traceIdOf(edge));
      expect(handle?.parentSpanContext?.spanId).toBe(send?.spanContext().spanId);
      expect(handle?.status.code).toBe(api.SpanStatusCode.ERROR);
    } finally {
      await provider.shutdown();
      api.trace.disable();
      api.context.disable();
      api.propagation.disable();
    }
  });
});
