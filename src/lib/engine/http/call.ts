import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';

// What the engine needs of a call over HTTP: Node's own requests and answers have it, and those of `DirectConnection`.

/** A request. */
export interface CallRequest {
  readonly method?: string | undefined;
  /** Its path and query string. */
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/** The answer to a request. */
export interface CallResponse {
  readonly req: CallRequest;
  readonly socket: Socket | null;
  readonly destroyed: boolean;
  readonly writableEnded: boolean;
  readonly statusCode: number;
  setHeader(name: string, value: string): unknown;
  writeHead(status: number, headers: string[] | OutgoingHttpHeaders): unknown;
  end(body: string | Buffer): unknown;
  /** Calls back when the connection is closed. */
  once(event: 'close', listener: () => void): unknown;
}
