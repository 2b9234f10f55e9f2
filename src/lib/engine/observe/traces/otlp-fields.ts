import type { Fields } from './protobuf.ts';

// What is read of opentelemetry/proto/collector/trace/v1/trace_service.proto and what that imports.
// https://github.com/open-telemetry/opentelemetry-proto

const VALUE: Fields = () => ({
  1: ['stringValue', 'text'],
  2: ['boolValue', 'flag'],
  3: ['intValue', 'integer'],
  4: ['doubleValue', 'double'],
  5: ['arrayValue', () => ({ 1: ['values', [VALUE]] })],
  6: ['kvlistValue', () => ({ 1: ['values', [KEY_VALUE]] })],
  7: ['bytesValue', 'base64'],
});

const KEY_VALUE: Fields = () => ({ 1: ['key', 'text'], 2: ['value', VALUE] });

const LINK: Fields = () => ({ 1: ['traceId', 'hex'], 2: ['spanId', 'hex'] });

const STATUS: Fields = () => ({ 2: ['message', 'text'], 3: ['code', 'integer'] });

const SPAN: Fields = () => ({
  1: ['traceId', 'hex'],
  2: ['spanId', 'hex'],
  4: ['parentSpanId', 'hex'],
  5: ['name', 'text'],
  6: ['kind', 'integer'],
  7: ['startTimeUnixNano', 'fixed64'],
  8: ['endTimeUnixNano', 'fixed64'],
  9: ['attributes', [KEY_VALUE]],
  13: ['links', [LINK]],
  15: ['status', STATUS],
});

const RESOURCE: Fields = () => ({ 1: ['attributes', [KEY_VALUE]] });

const SCOPE_SPANS: Fields = () => ({ 2: ['spans', [SPAN]] });

const RESOURCE_SPANS: Fields = () => ({
  1: ['resource', RESOURCE],
  2: ['scopeSpans', [SCOPE_SPANS]],
});

/** `ExportTraceServiceRequest` */
export const TRACE_REQUEST: Fields = () => ({ 1: ['resourceSpans', [RESOURCE_SPANS]] });
