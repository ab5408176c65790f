import { noTracing, otelTracing, type Tracing } from '@ao/messaging';

export interface RunningTracing {
  readonly tracing: Tracing;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/**
 * OpenTelemetry when there is a collector to send to. Its packages cost some 20 MB of memory, so nothing of it is loaded
 * without one. `endpoint` is the base URL, as in OTEL_EXPORTER_OTLP_ENDPOINT.
 */
export async function startTracing(service: string, endpoint: string | undefined): Promise<RunningTracing> {
  if (endpoint === undefined) return { tracing: noTracing, stop: () => Promise.resolve() };
  const [api, sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const exporter = new OTLPTraceExporter({ url: new URL('v1/traces', endpoint.replace(/\/*$/, '/')).href });
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.namespace': 'agent-orchestration' }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  provider.register();
  return { tracing: otelTracing(api), stop: () => provider.shutdown() };
}
