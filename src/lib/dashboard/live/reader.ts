import type { ServerResponse } from 'node:http';
import type { StreamEvents, StreamFrame } from '../api/stream.ts';

/** Bytes that may wait for a reader; frames are left out until it has read them. */
const MAX_UNSENT = 256 * 1024;

/** One tab that listens. */
export class StreamReader {
  readonly #response: ServerResponse;
  /** Events of frames that it was not sent. */
  #skipped = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Sends an event however much waits: they are few. @param id to go on after, where it has one. */
  send<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name], id?: string): void {
    this.#write(name, JSON.stringify(data), id);
  }

  /** Sends a frame, unless the reader is too slow: then the next one says what it missed. @param text the frame's JSON. */
  sendFrame(frame: StreamFrame, text: string, id: string): void {
    if (this.#response.writableLength > MAX_UNSENT) {
      this.#skipped += frame.events.length + frame.skipped;
      return;
    }
    if (this.#skipped === 0) {
      this.#write('frame', text, id);
      return;
    }
    const skipped = this.#skipped + frame.skipped;
    this.#skipped = 0;
    this.send('frame', { ...frame, skipped }, id);
  }

  /** Keeps the connection, and lets the reader notice a dead one. */
  beat(): void {
    this.#response.write(':\n\n');
  }

  end(): void {
    this.#response.end();
  }

  #write(name: string, data: string, id: string | undefined): void {
    const head = id === undefined ? '' : `id: ${id}\n`;
    this.#response.write(`${head}event: ${name}\ndata: ${data}\n\n`);
  }
}
