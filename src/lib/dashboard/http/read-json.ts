import type { IncomingMessage } from 'node:http';
import { HttpFailure } from './failure.ts';

/** A message of 1 MiB, each byte escaped in JSON. */
const MAX_BODY_BYTES = 6 * 1024 * 1024;

/** A request's JSON object. */
export type JsonBody = Readonly<Record<string, unknown>>;

/**
 * Reads a request's body. A form of another page can send no `application/json`.
 * @throws HttpFailure for another type, for more than 6 MiB, and for what is not a JSON object.
 */
export async function readJson(request: IncomingMessage): Promise<JsonBody> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new HttpFailure(415, 'InvalidInput', 'The body must be application/json.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new HttpFailure(
        413,
        'InvalidInput',
        `The body is larger than ${MAX_BODY_BYTES} bytes.`,
      );
    }
    chunks.push(chunk);
  }
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new HttpFailure(400, 'InvalidInput', 'The body is not JSON.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as JsonBody;
  throw new HttpFailure(400, 'InvalidInput', 'The body is not a JSON object.');
}
