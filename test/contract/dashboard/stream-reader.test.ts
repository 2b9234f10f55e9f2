import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import type { StreamFrame, TraceView } from '../../../src/lib/dashboard/api/stream.ts';
import { StreamReader } from '../../../src/lib/dashboard/live/reader.ts';

/** A frame of one event that is `bytes` long. */
function frameOf(bytes: number): StreamFrame {
  const event: TraceView = {
    time: 0,
    what: 'x',
    messageId: '',
    node: '',
    words: 'x'.repeat(bytes),
  };
  return { time: 0, messages: [], edges: [], nodes: [], events: [event], skipped: 0 };
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
  const frame = frameOf(300 * 1024);
  const text = JSON.stringify(frame);
  const SENT = 100;
  for (let number = 1; number <= SENT; number += 1) reader.sendFrame(frame, text, `log:${number}`);
  expect(response.writableLength).toBeLessThan(2 * text.length);
  const client = await answer;
  let read = '';
  client.setEncoding('utf8');
  client.on('data', (chunk: string) => {
    read += chunk;
  });
  await expect.poll(() => response.writableLength).toBe(0);
  reader.sendFrame(frame, text, 'log:101');
  reader.end();
  await once(client, 'end');
  const frames = read
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice(6)) as StreamFrame);
  const skipped = frames.reduce((sum, each) => sum + each.skipped, 0);
  expect(frames.length).toBeLessThan(SENT);
  expect(frames.at(-1)?.skipped).toBe(SENT + 1 - frames.length);
  expect(skipped + frames.length).toBe(SENT + 1);
  server.close();
});
