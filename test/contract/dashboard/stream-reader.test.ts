import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { StreamFrame, TraceView } from '../../../src/lib/dashboard/api/stream.ts';
import { StreamReader } from '../../../src/lib/dashboard/live/reader.ts';

/** A frame of one event that is `bytes` long, the so many-th. */
function frameOf(bytes: number, number: number): StreamFrame {
  const event: TraceView = {
    time: 0,
    what: 'x',
    messageId: '',
    node: '',
    words: 'x'.repeat(bytes),
  };
  const edge = { id: 'way', passed: 1, filtered: 0, refused: 0, reason: `of ${number}` };
  const unknown = { oldestAgeSeconds: null, rateIn: null, rateOut: null, receivers: null };
  const node = { id: 'queue', depth: number, inFlight: 0, delayed: 0, ...unknown };
  return { time: 0, messages: [], edges: [edge], nodes: [node], events: [event], skipped: 0 };
}

it('sends a tab that does not read no more, and tells it later how much it missed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answered = once(server, 'request');
  const answer = new Promise<IncomingMessage>((resolve) => {
    get({ host: '127.0.0.1', port, agent: false }, resolve);
  });
  const [, response] = (await answered) as [IncomingMessage, ServerResponse];
  response.writeHead(200);
  const reader = new StreamReader(response);
  const BYTES = 300 * 1024;
  const SENT = 100;
  for (let number = 1; number <= SENT; number += 1) {
    const frame = frameOf(BYTES, number);
    reader.sendFrame(frame, JSON.stringify(frame), `log:${number}`);
  }
  expect(response.writableLength).toBeLessThan(2 * BYTES + 2_000);
  const client = await answer;
  let read = '';
  client.setEncoding('utf8');
  client.on('data', (chunk: string) => {
    read += chunk;
  });
  await expect.poll(() => response.writableLength).toBe(0);
  // Told as soon as it reads again, though nothing happens any more.
  await expect.poll(() => read).toContain(`id: log:${SENT}\n`);
  reader.sendFrame(frameOf(1, 101), JSON.stringify(frameOf(1, 101)), 'log:101');
  reader.end();
  await once(client, 'end');
  const frames = read
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as StreamFrame);
  const skipped = frames.reduce((sum, each) => sum + each.skipped, 0);
  const told = frames.reduce((sum, { events }) => sum + events.length, 0);
  expect(told).toBeLessThan(SENT);
  expect(told + skipped).toBe(SENT + 1);
  const late = frames.find((each) => each.skipped > 0);
  expect(late?.nodes).toMatchObject([{ id: 'queue', depth: SENT }]);
  expect(late?.edges).toMatchObject([{ id: 'way', passed: skipped, reason: `of ${SENT}` }]);
  server.close();
});
