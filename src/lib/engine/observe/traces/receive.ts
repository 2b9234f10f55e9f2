import type { IncomingMessage, ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { readBytes } from '../../http/read-body.ts';
import { sendJson } from '../../http/send-json.ts';
import { TRACE_REQUEST } from './otlp-fields.ts';
import { readProtobuf } from './protobuf.ts';
import { type ReadSpans, readExport } from './read-otlp.ts';
import type { SpanStore } from './span-store.ts';

/** Bytes of an export at the most, unzipped. */
const MAX_EXPORT = 16 * 1024 * 1024;
/** `google.rpc.Code` of a refusal's body. */
const INVALID_ARGUMENT = 3;
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

/**
 * Takes an export of traces over OTLP/HTTP, as protobuf or JSON.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function receiveSpans(
  store: SpanStore,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [type = ''] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const isJson = type.trim() === JSON_TYPE;
  const refuse = (status: number, message: string): void => {
    request.resume();
    sendJson(response, status, { code: INVALID_ARGUMENT, message });
  };
  if (request.method !== 'POST') refuse(405, 'only POST is answered here');
  else if (!isJson && type.trim() !== PROTOBUF) {
    refuse(415, `traces come as ${PROTOBUF} or ${JSON_TYPE}`);
  } else {
    readBytes(
      request,
      (bytes) => {
        if (bytes === undefined) refuse(413, 'the export is too large');
        else take(bytes);
      },
      MAX_EXPORT,
    );
  }

  function take(bytes: Buffer): void {
    let read: ReadSpans;
    try {
      read = readSpans(bytes, isJson, request.headers['content-encoding']);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      refuse(400, `the export can't be read: ${words}`);
      return;
    }
    for (const span of read.spans) store.add(span);
    answer(response, isJson, read.rejected);
  }
}

/** @throws Error where it is no export. */
function readSpans(bytes: Buffer, isJson: boolean, encoding: string | undefined): ReadSpans {
  const plain = encoding === 'gzip' ? gunzipSync(bytes, { maxOutputLength: MAX_EXPORT }) : bytes;
  return readExport(isJson ? JSON.parse(plain.toString()) : readProtobuf(plain, TRACE_REQUEST));
}

/** `ExportTraceServiceResponse`: empty, or with how many spans were none. */
function answer(response: ServerResponse, isJson: boolean, rejected: number): void {
  if (isJson) {
    const errorMessage = 'spans without ids or times';
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage };
    sendJson(response, 200, rejected === 0 ? {} : { partialSuccess });
    return;
  }
  const partial = Buffer.from([0x08, ...varint(rejected)]);
  const body = rejected === 0 ? Buffer.alloc(0) : Buffer.from([0x0a, partial.length, ...partial]);
  response.writeHead(200, { 'Content-Type': PROTOBUF, 'Content-Length': body.length });
  response.end(body);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(Math.floor(value / 0x80))];
}
