import type { IncomingMessage } from 'node:http';

/**
 * The largest body that is read, in bytes: ten messages of 1 MiB in all take six times that as JSON when every
 * character is escaped.
 */
export const MAX_BODY = 16 * 1024 * 1024;

/** Collects a request's body as text, and calls back once: with the text, or without when it is too large. */
export function readBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > MAX_BODY) {
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
    if (size > MAX_BODY) {
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
    if (rest !== undefined) done(Buffer.concat(rest).toString());
    else done(first === undefined ? '' : first.toString());
  });
}
