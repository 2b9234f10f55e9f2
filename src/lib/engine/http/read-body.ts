import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';

/**
 * The largest body that is read, in bytes: ten messages of 1 MiB in all take six times that as JSON when every
 * character is escaped.
 */
export const MAX_BODY = 16 * 1024 * 1024;

/**
 * The largest body of a request in a REST protocol, in bytes: a zip of 50 MB in base64, as Lambda bounds it ("Request
 * must be smaller than 70167211 bytes").
 */
export const MAX_REST_BODY = 70_167_211;

/**
 * Collects a request's body as text, and calls back once: with the text, or without when it is too large.
 * @param most bytes that are read.
 */
export function readBody(
  request: IncomingMessage,
  done: (body: string | undefined) => void,
  most = MAX_BODY,
): void {
  readBytes(
    request,
    (bytes) => {
      if (bytes === undefined) done(undefined);
      else if (request.headers['content-encoding'] === 'gzip') done(unzipped(bytes, most));
      else done(bytes.toString());
    },
    most,
  );
}

const EMPTY = Buffer.alloc(0);

/**
 * Collects a request's body as it comes, and calls back once: with the bytes, or without when there are too many.
 * @param most bytes that are read.
 */
export function readBytes(
  request: IncomingMessage,
  done: (body: Buffer | undefined) => void,
  most: number,
): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > most) {
    done(undefined);
    return;
  }
  let first: Buffer | undefined;
  let rest: Buffer[] | undefined;
  let size = 0;
  let over = false;
  request.on('data', (chunk: Buffer) => {
    if (over) return;
    size += chunk.length;
    if (size > most) {
      over = true;
      done(undefined);
    } else if (first === undefined) {
      first = chunk;
    } else {
      rest ??= [first];
      rest.push(chunk);
    }
  });
  request.on('end', () => {
    if (over) return;
    done(rest === undefined ? (first ?? EMPTY) : Buffer.concat(rest));
  });
}

/**
 * SDKs compress what may be large (Smithy's `requestCompression`, as of `PutMetricData`). What can't be unzipped is passed
 * on as it is: the protocol refuses it. Undefined where it is too large.
 */
function unzipped(bytes: Buffer, most: number): string | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: most }).toString();
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return isTooLarge ? undefined : bytes.toString();
  }
}
