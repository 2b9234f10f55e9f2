import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type DirectRequest, readDirectRequest } from './direct-request.ts';
import { DirectResponse } from './direct-response.ts';

/** Takes a request that was read directly, and answers it; false to leave it to Node's server. */
export type DirectHandler = (request: DirectRequest, respond: () => DirectResponse) => boolean;

/** Bytes that may wait behind a request that is not answered yet; the client has to wait with more. */
const MAX_WAITING = 65_536;

const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';

/**
 * A connection whose requests are read without Node's HTTP server, which costs more than most calls do otherwise. The
 * first request that is not of the usual form goes to Node's server, and with it the connection for good.
 */
class DirectConnection {
  readonly #socket: Socket;
  readonly #handle: DirectHandler;
  readonly #handOver: (received: Buffer) => void;
  #waiting: Buffer | undefined;
  #response: DirectResponse | undefined;
  #pumping = false;
  #unread = false;

  constructor(socket: Socket, handle: DirectHandler, handOver: (received: Buffer) => void) {
    this.#socket = socket;
    this.#handle = handle;
    this.#handOver = handOver;
  }

  get idle(): boolean {
    return this.#response === undefined;
  }

  receive(chunk: Buffer): void {
    this.#waiting = this.#waiting === undefined ? chunk : Buffer.concat([this.#waiting, chunk]);
    if (!this.idle && this.#waiting.length > MAX_WAITING) this.#socket.pause();
    this.#pump();
  }

  closed(): void {
    this.#waiting = undefined;
    this.#response?.closed();
  }

  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#waiting !== undefined && this.#response === undefined && !this.#unread) {
      const received = this.#waiting;
      const request = readDirectRequest(received, this.#socket);
      if (request === undefined || !this.#handle(request, () => this.#respond(request))) {
        this.#waiting = undefined;
        this.#handOver(received);
        return;
      }
    }
    this.#pumping = false;
  }

  #respond(request: DirectRequest): DirectResponse {
    const received = this.#waiting;
    this.#waiting =
      received === undefined || received.length === request.end
        ? undefined
        : received.subarray(request.end);
    const response = new DirectResponse(request, () => this.#answered());
    this.#response = response;
    return response;
  }

  #answered(): void {
    this.#response = undefined;
    if (this.#socket.writableNeedDrain) {
      // A client that reads no answers gets no more of them.
      this.#unread = true;
      this.#socket.pause();
      this.#socket.once('drain', () => this.#goOn());
    } else if (this.#waiting !== undefined) this.#goOn();
  }

  #goOn(): void {
    this.#unread = false;
    this.#socket.resume();
    this.#pump();
  }
}

/** The connections of a server that it doesn't know of. */
export interface DirectConnections {
  /** Ends those that wait for no answer. */
  closeIdle(): void;
  closeAll(): void;
}

/**
 * Reads a server's connections directly as long as they bring nothing unusual.
 *
 * @param firstByteMs how long a connection may stay silent before its first byte, in milliseconds.
 */
export function readDirectly(
  server: Server,
  handle: DirectHandler,
  firstByteMs: number,
): DirectConnections {
  const connections = new Map<Socket, DirectConnection>();
  const nodes = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const leave = () => {
      connections.delete(socket);
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
      socket.setTimeout(0);
    };
    const connection = new DirectConnection(socket, handle, (received) => {
      leave();
      for (const listener of nodes) listener.call(server, socket);
      socket.resume();
      socket.emit('data', received);
    });
    const listeners = {
      data: (chunk: Buffer) => connection.receive(chunk),
      // A poll of a client that is gone must take nothing from now on; `close` comes some turns later.
      end: () => {
        connection.closed();
        socket.end();
      },
      // What there is to do, `close` does.
      error: () => undefined,
      timeout: () => socket.end(TIMED_OUT, () => socket.destroy()),
      close: () => {
        leave();
        connection.closed();
      },
    };
    for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
    socket.setTimeout(firstByteMs);
    socket.once('data', () => socket.setTimeout(0));
    connections.set(socket, connection);
  });
  return {
    closeIdle() {
      for (const [socket, { idle }] of connections) if (idle) socket.destroy();
    },
    closeAll() {
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}
