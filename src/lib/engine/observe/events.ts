import type { ServerResponse } from 'node:http';
import type { Trace } from './trace.ts';

/** A connection with nothing to tell gets a comment this often, so that a reader notices a dead engine. */
const HEARTBEAT = 15_000;

/** Bytes that may wait for a reader before it is dropped. */
const MAX_UNSENT = 1024 * 1024;

/**
 * Writes message events as server-sent events until the reader goes: `event:` has the kind, `data:` the event as
 * JSON. A reader that is too slow is dropped, and told so where that still reaches it by `event: dropped`.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function streamEvents(trace: Trace, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const events = trace.subscribe({ signal: gone.signal });
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.write(': connected\n\n');
  const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT);
  heartbeat.unref();
  try {
    for await (const event of events) {
      response.write(`event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
      if (response.writableLength > MAX_UNSENT) break;
    }
  } catch {
    // Thrown by the trace for a reader that lags behind: dropped below.
  } finally {
    clearInterval(heartbeat);
    if (!response.destroyed) drop(response);
  }
}

/** How long a reader that was dropped may take to read that it was, in milliseconds. */
const FAREWELL_MS = 5_000;

function drop(response: ServerResponse): void {
  response.end('event: dropped\ndata: {}\n\n');
  // One that never reads would keep its socket for ever.
  const timer = setTimeout(() => response.destroy(), FAREWELL_MS).unref();
  response.once('close', () => clearTimeout(timer));
}
