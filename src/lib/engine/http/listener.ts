import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { AppError } from '../../rules/errors.ts';

/** How long a client may take to send a request's headers, in milliseconds. */
export const HEADERS_TIMEOUT_MS = 10_000;
/** How long it may take to send all of it. A long poll waits after its request has come, and isn't meant. */
const REQUEST_TIMEOUT_MS = 30_000;
/** How often the server looks for requests that took too long. */
const CHECK_INTERVAL_MS = 1_000;

/** The HTTP server of an engine: it bounds how long a request may take to come in. */
export function createListener(handle: RequestListener): Server {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    },
    handle,
  );
  // Idle connections are kept: clients reuse them, and each is a local process that closes it by ending.
  server.keepAliveTimeout = 0;
  return server;
}

/** Why an address can't be listened on, by the system's error. */
const ADDRESS_PROBLEMS: Readonly<Record<string, string>> = {
  EACCES: 'ports below 1024 need other rights',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no host of this name',
};

/** Resolves when the server listens. @throws AppError `AddressUnusable`, or the socket's error, such as `EADDRINUSE`. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      const reason = ADDRESS_PROBLEMS[error.code ?? ''];
      reject(reason === undefined ? error : addressUnusable(host, port, reason, error));
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

function addressUnusable(host: string, port: number, reason: string, cause: Error): AppError {
  return new AppError({
    code: 'AddressUnusable',
    message: `The engine can't listen on ${host}, port ${port}: ${reason}.`,
    hint: 'Leave --host out for this machine alone, or use 0.0.0.0; --port 0 picks a free port.',
    cause,
  });
}

/** Answers a request that no service gets to see; the connection ends with it. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  const body = `${JSON.stringify({ message })}\n`;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  });
  response.end(body);
}
