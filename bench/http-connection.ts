import { connect, type Socket } from 'node:net';

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One connection that carries one request at a time, written by hand: it costs next to nothing. */
export class Connection {
  readonly #socket: Socket;
  #received = '';
  #closed = false;
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect(port, host);
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk: string) => this.#receive(chunk));
    this.#socket.on('error', (error) => this.#waiting?.reject(error));
    this.#socket.on('close', () => {
      this.#closed = true;
      this.#waiting?.reject(new Error('The server hung up.'));
    });
  }

  /** Whether another request may go out. */
  get open(): boolean {
    return !this.#closed && this.#socket.writable;
  }

  request(text: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const headers = this.#received.indexOf('\r\n\r\n');
    if (headers < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1]);
    if (this.#received.length < headers + 4 + length) return;
    const answer = {
      status: Number(this.#received.slice(9, 12)),
      body: this.#received.slice(headers + 4),
    };
    this.#received = '';
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}
