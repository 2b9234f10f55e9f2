import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from './http-connection.ts';

/** What requests to one route took. */
export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Answers other than 201. */
  readonly failed: number;
}

const BODY = '{"order":{"user_id":1,"total":29.99,"status":"pending"}}';

function connections(url: string, count: number): { all: Connection[]; text: string } {
  const { hostname, port } = new URL(url);
  const text = `POST /orders HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
  return { all: Array.from({ length: count }, () => new Connection(hostname, Number(port))), text };
}

/** As many orders as the server takes: each connection sends its next when the last was answered. */
export async function saturate(url: string, clients: number, seconds: number): Promise<LoadResult> {
  const { all, text } = connections(url, clients);
  const took: number[] = [];
  let failed = 0;
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(
    all.map(async (connection) => {
      while (performance.now() < until) {
        const before = performance.now();
        const { status } = await connection.request(text);
        took.push(performance.now() - before);
        if (status !== 201) failed++;
      }
      connection.close();
    }),
  );
  const elapsed = (performance.now() - started) / 1000;
  return { ...percentiles(took), perSecond: took.length / elapsed, failed };
}

/**
 * So many orders a second, whatever the server does: those that find no free connection wait, and the wait counts.
 * @param each called with the orders that were answered so far, every quarter of a second.
 */
export async function pace(
  url: string,
  rate: number,
  seconds: number,
  each: () => Promise<void>,
): Promise<LoadResult> {
  const { all, text } = connections(url, 64);
  const free = [...all];
  const line: number[] = [];
  const took: number[] = [];
  let failed = 0;
  const serve = async (connection: Connection): Promise<void> => {
    for (let due = line.shift(); due !== undefined; due = line.shift()) {
      const status = await connection.request(text).then(
        (answer) => answer.status,
        () => undefined,
      );
      took.push(performance.now() - due);
      if (status !== 201) failed++;
      if (status === undefined) return;
    }
    free.push(connection);
  };
  const started = performance.now();
  let sent = 0;
  let looked = started;
  let look = Promise.resolve();
  while (took.length < rate * seconds) {
    const now = performance.now();
    const due = Math.min(rate * seconds, Math.floor(((now - started) / 1000) * rate));
    for (; sent < due; sent++) {
      line.push(started + (sent / rate) * 1000);
      const connection = free.pop();
      if (connection) void serve(connection);
    }
    if (now - looked > 250) {
      looked = now;
      look = look.then(each);
    }
    await sleep(2);
  }
  await look;
  const elapsed = (performance.now() - started) / 1000;
  for (const connection of all) connection.close();
  return { ...percentiles(took), perSecond: took.length / elapsed, failed };
}

function percentiles(took: readonly number[]): { p50: number; p99: number } {
  const sorted = [...took].sort((one, other) => one - other);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
