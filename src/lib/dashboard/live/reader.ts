import type { ServerResponse } from 'node:http';
import type { NodeFigures } from '../api/overview.ts';
import type { EdgeTraffic, StreamEvents, StreamFrame } from '../api/stream.ts';

/** Bytes that may wait for a reader; frames are left out until it has read them. */
const MAX_UNSENT = 256 * 1024;

/** What a reader was not sent, added up: its size doesn't grow with the time that it doesn't read. */
interface Missed {
  readonly time: number;
  readonly id: string;
  /** Events, of which only the number is told. */
  readonly skipped: number;
  /** The latest figures by node, and all traffic by edge. */
  readonly nodes: ReadonlyMap<string, NodeFigures>;
  readonly edges: ReadonlyMap<string, EdgeTraffic>;
}

/** One tab that listens. */
export class StreamReader {
  readonly #response: ServerResponse;
  #missed: Missed | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    // It reads again: what it missed last may be the last that there is.
    response.on('drain', () => this.#tellMissed());
  }

  /** Sends an event however much waits: they are few. @param id to go on after, where it has one. */
  send<Name extends keyof StreamEvents>(name: Name, data: StreamEvents[Name], id?: string): void {
    this.#write(name, JSON.stringify(data), id);
  }

  /** Sends a frame, unless the reader is too slow: then it gets one for all that it missed. @param text the frame's JSON. */
  sendFrame(frame: StreamFrame, text: string, id: string): void {
    if (this.#response.writableLength > MAX_UNSENT) {
      this.#missed = added(this.#missed, frame, id);
      return;
    }
    this.#tellMissed();
    this.#write('frame', text, id);
  }

  /** Keeps the connection, and lets the reader notice a dead one. */
  beat(): void {
    this.#response.write(':\n\n');
  }

  end(): void {
    this.#response.end();
  }

  #tellMissed(): void {
    if (this.#missed === undefined) return;
    const { time, id, skipped, nodes, edges } = this.#missed;
    this.#missed = undefined;
    const all = { nodes: [...nodes.values()], edges: [...edges.values()] };
    this.send('frame', { time, messages: [], events: [], skipped, ...all }, id);
  }

  #write(name: string, data: string, id: string | undefined): void {
    const head = id === undefined ? '' : `id: ${id}\n`;
    this.#response.write(`${head}event: ${name}\ndata: ${data}\n\n`);
  }
}

function added(missed: Missed | undefined, frame: StreamFrame, id: string): Missed {
  const edges = new Map(missed?.edges);
  for (const edge of frame.edges) edges.set(edge.id, sum(edges.get(edge.id), edge));
  return {
    time: frame.time,
    id,
    skipped: (missed?.skipped ?? 0) + frame.events.length + frame.skipped,
    nodes: new Map([
      ...(missed?.nodes ?? []),
      ...frame.nodes.map((each): [string, NodeFigures] => [each.id, each]),
    ]),
    edges,
  };
}

function sum(before: EdgeTraffic | undefined, now: EdgeTraffic): EdgeTraffic {
  if (before === undefined) return now;
  return {
    id: now.id,
    passed: before.passed + now.passed,
    filtered: before.filtered + now.filtered,
    refused: before.refused + now.refused,
    reason: now.reason ?? before.reason,
  };
}
