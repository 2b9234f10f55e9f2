/**
 * What a program has to find in its environment to use an engine instead of AWS.
 *
 * @param token that the engine asks for
 */
export function clientEnvironment(
  endpoint: string,
  region = 'us-east-1',
  token?: string,
): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...(token === undefined ? {} : { AWS_SESSION_TOKEN: token }),
  };
}

/** What makes OpenTelemetry of a program send its traces, and nothing else, to an engine. @param token as above */
export function traceEnvironment(endpoint: string, token?: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
    ...(token === undefined
      ? {}
      : {
          OTEL_EXPORTER_OTLP_TRACES_HEADERS: `authorization=Bearer%20${encodeURIComponent(token)}`,
        }),
  };
}
