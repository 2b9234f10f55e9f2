import type { Socket } from 'node:net';
import { Problem } from './problem.ts';
import type { ProblemFormat } from './problem-format.ts';

/** Milliseconds that a client may take to send one request, its head and its body together. */
export const REQUEST_TIMEOUT_MS = 15_000;

const NOT_HTTP = new Problem(400, 'MalformedRequest', 'This is not an HTTP request.');

/** What goes wrong before there is a request, by Node's code. */
const BROKEN: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: new Problem(431, 'HeadersTooLarge', 'The headers are too large.'),
  ERR_HTTP_REQUEST_TIMEOUT: new Problem(
    408,
    'RequestTimeout',
    `The request did not arrive within ${REQUEST_TIMEOUT_MS / 1000} s.`,
  ),
};

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** Answers what isn't HTTP, too much of it, or too slow, and closes the connection. */
export function answerBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  format: ProblemFormat,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = BROKEN[error.code ?? ''] ?? NOT_HTTP;
  const body = format.body(problem);
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${REASONS[problem.status]}`,
      `Content-Type: ${format.contentType}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
  // Who goes on sending, or doesn't read, would keep it open.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Milliseconds that a client has to read the refusal. */
const LINGER_MS = 1_000;
