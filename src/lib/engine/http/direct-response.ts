import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { CallRequest, CallResponse } from './call.ts';

/** The answer to a request that came over a `DirectConnection`: one write, in the words that Node's server has. */
export class DirectResponse implements CallResponse {
  readonly req: CallRequest;
  writableEnded = false;
  statusCode = 200;
  readonly #onEnd: () => void;
  #headers = '';
  #onClose: (() => void) | undefined;

  /** @param onEnd called when the answer has been written. */
  constructor(request: CallRequest, onEnd: () => void) {
    this.req = request;
    this.#onEnd = onEnd;
  }

  get socket(): Socket {
    return this.req.socket;
  }

  get destroyed(): boolean {
    return this.req.socket.destroyed;
  }

  setHeader(name: string, value: string): void {
    this.#headers += `${name}: ${value}\r\n`;
  }

  writeHead(status: number, headers: string[] | OutgoingHttpHeaders): void {
    this.statusCode = status;
    if (!Array.isArray(headers)) {
      for (const name in headers) this.setHeader(name, String(headers[name]));
      return;
    }
    for (let at = 0; at < headers.length; at += 2) {
      this.#headers += `${headers[at]}: ${headers[at + 1]}\r\n`;
    }
  }

  end(body: string | Buffer): void {
    if (this.writableEnded) return;
    this.writableEnded = true;
    const { socket } = this.req;
    if (socket.writable) {
      const head = `HTTP/1.1 ${this.statusCode} ${STATUS_CODES[this.statusCode]}\r\n${this.#headers}Date: ${httpDate()}\r\nConnection: keep-alive\r\n\r\n`;
      // In `latin1` each byte is a character; text without other characters than ASCII's is written in half the time so.
      const isText = typeof body === 'string';
      const isLatin = !isText || Buffer.byteLength(body) === body.length;
      socket.write(head + (isText ? body : body.toString('latin1')), isLatin ? 'latin1' : 'utf8');
    }
    this.#onEnd();
  }

  once(_event: 'close', listener: () => void): void {
    const before = this.#onClose;
    this.#onClose = () => {
      before?.();
      listener();
    };
  }

  /** Says that the connection was closed. */
  closed(): void {
    this.#onClose?.();
  }
}

let lastDate = { second: Number.NaN, text: '' };

function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== lastDate.second) {
    lastDate = { second, text: new Date(second * 1000).toUTCString() };
  }
  return lastDate.text;
}
