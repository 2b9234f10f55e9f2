import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { CallHead, ReplyHead } from './process-protocol.ts';

/** What the library answered. */
export interface LibraryAnswer extends Omit<ReplyHead, 'id'> {
  readonly text: string;
}

/**
 * Hands a call to the library, which is a listener of HTTP requests and knows no other way in: what it looks at of a
 * request and sets of an answer is there, and nothing has to be written as HTTP and read again.
 */
export function askLibrary(
  library: Server,
  headers: CallHead['headers'],
  body: Buffer,
  done: (answer: LibraryAnswer) => void,
): void {
  const request = new LibraryRequest(headers);
  library.emit('request', request, new LibraryResponse(done));
  if (body.length > 0) request.emit('data', body);
  request.emit('end');
}

class LibraryRequest extends EventEmitter {
  readonly method = 'POST';
  readonly url = '/';
  readonly headers: CallHead['headers'];

  constructor(headers: CallHead['headers']) {
    super();
    this.headers = headers;
  }
}

class LibraryResponse {
  statusCode = 200;
  readonly #done: (answer: LibraryAnswer) => void;
  readonly #headers: Record<string, string | undefined> = {};

  constructor(done: (answer: LibraryAnswer) => void) {
    this.#done = done;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(text = ''): void {
    this.#done({
      status: this.statusCode,
      contentType: this.#headers['content-type'],
      checksum: this.#headers['x-amz-crc32'],
      text,
    });
  }
}
