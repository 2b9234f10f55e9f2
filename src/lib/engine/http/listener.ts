import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';

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

/** Resolves when the server listens. @throws the socket's error, such as `EADDRINUSE`. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
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
