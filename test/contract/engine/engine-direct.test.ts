import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../../../src/lib/engine/http/server.ts';

let running: RunningEngine;
beforeAll(async () => {
  running = await startEngine();
});
afterAll(() => running.stop());

const BODY = '{"QueueNamePrefix":"none"}';

function request(headers: readonly string[] = [], body = BODY, target = 'ListQueues'): string {
  const lines = [
    'POST / HTTP/1.1',
    'Host: localhost',
    `X-Amz-Target: AmazonSQS.${target}`,
    'Content-Type: application/x-amz-json-1.0',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
const whole = (body = BODY, target?: string) =>
  request([`Content-Length: ${Buffer.byteLength(body)}`], body, target);

/** What an answer says, without what differs from one to the next. */
function normalized(answer: string): string {
  return answer
    .replaceAll(/(RequestId>|x-amzn-RequestId: )[0-9a-f-]{36}/g, '$1ID')
    .replace(/^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r$/m, 'Date: DATE\r');
}

interface Talk {
  readonly socket: Socket;
  /** All that came so far. */
  readonly received: () => string;
}

function talk(): Talk {
  const socket = connect(running.port, '127.0.0.1');
  let text = '';
  socket.on('error', () => undefined);
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return { socket, received: () => text };
}

/** Sends the pieces one after the other, each in a packet of its own, and gives what came back. */
async function answerTo(pieces: readonly string[], answers = 1): Promise<string> {
  const { socket, received } = talk();
  socket.setNoDelay(true);
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, resolve));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => received().split('HTTP/1.1 ').length - 1).toBe(answers);
  socket.destroy();
  return received();
}

describe('a usual request that comes in one piece', () => {
  it.each([
    ['a success', whole()],
    ['an error', whole('{}', 'FlyToTheMoon')],
    ['text of any language', whole('{"QueueUrl":"http://localhost/é\u{1f600}"}', 'PurgeQueue')],
    ['a path of its own', whole().replace('POST /', 'POST /000000000000/q.fifo')],
    [
      'a Query request',
      request(['Content-Length: 17'], 'Action=ListQueues').replace(/X-Amz-T.*\r\n/, ''),
    ],
    ['another host', whole().replace('localhost', 'evil.test')],
    ['a page from elsewhere', request(['Origin: http://evil.test', 'Content-Length: 26'])],
  ])('is answered as one in two pieces, byte by byte: %s', async (_, text) => {
    const half = text.indexOf('\r\n') + 10;

    const direct = await answerTo([text]);
    const byNode = await answerTo([text.slice(0, half), text.slice(half)]);

    expect(normalized(direct)).toBe(normalized(byNode));
    expect(direct).toMatch(/^HTTP\/1\.1 \d{3} /);
  });

  it('may be followed by others before it is answered', async () => {
    const answers = await answerTo([whole().repeat(50)], 50);

    expect(answers.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(50);
  });

  it('may be followed by a part of another', async () => {
    const answers = await answerTo([`${whole()}${whole().slice(0, 30)}`, whole().slice(30)], 2);

    expect(answers.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(2);
  });

  it('may be followed by one for another path', async () => {
    const health = 'GET /_pubsub/health HTTP/1.1\r\nHost: localhost\r\n\r\n';

    const answers = await answerTo([whole() + health + whole()], 3);

    expect(answers).toContain(running.instance);
    expect(answers.match(/HTTP\/1\.1 200 OK\r\n/g)).toHaveLength(3);
  });
});

describe('a request that is not usual', () => {
  it.each([
    ['chunks', ['Transfer-Encoding: chunked'], `1a\r\n${BODY}\r\n0\r\n\r\n`, 200],
    ['an Expect', ['Expect: 100-continue', 'Content-Length: 26'], BODY, 100],
    ['two lengths', ['Content-Length: 26', 'Content-Length: 20'], BODY, 400],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 26'], BODY, 400],
    ['a length that is none', ['Content-Length: 2x'], BODY, 400],
    ['a folded header', ['X-A: b', ' c', 'Content-Length: 26'], BODY, 400],
    ['a space before a colon', ['X-A : b', 'Content-Length: 26'], BODY, 400],
    ['a control character', ['X-A: \u0001', 'Content-Length: 26'], BODY, 400],
  ])('is left to Node: %s', async (_, headers, body, status) => {
    const answer = await answerTo([request(headers, body)], status === 100 ? 2 : 1);

    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('has a host, or is refused', async () => {
    expect(await answerTo([whole().replace('Host: localhost\r\n', '')])).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  it('is the last of its connection where it says so', async () => {
    const { socket, received } = talk();
    socket.write(request(['Connection: close', 'Content-Length: 26']));

    await once(socket, 'close');

    expect(received()).toMatch(/^Connection: close\r$/m);
  });
});

describe('a connection', () => {
  it('that its client ends is ended', async () => {
    const { socket, received } = talk();
    socket.write(whole());
    await expect.poll(received).toContain('200 OK');

    socket.end();

    await once(socket, 'close');
  });

  it('ends the poll that waits on it, which takes no message', async () => {
    const created = await answerTo([whole('{"QueueName":"left"}', 'CreateQueue')]);
    const { QueueUrl } = JSON.parse(created.slice(created.indexOf('{'))) as { QueueUrl: string };
    const { socket } = talk();
    socket.write(whole(JSON.stringify({ QueueUrl, WaitTimeSeconds: 20 }), 'ReceiveMessage'));
    const pollers = () => [...running.engine.sqs.queues.values()].map((each) => each.pollers.size);
    await expect.poll(pollers).toContain(1);

    socket.destroy();

    await expect.poll(pollers).not.toContain(1);
  });

  it('gets no more answers than it reads, and all of them once it does', async () => {
    const created = await answerTo([whole('{"QueueName":"large"}', 'CreateQueue')]);
    const { QueueUrl } = JSON.parse(created.slice(created.indexOf('{'))) as { QueueUrl: string };
    const message = JSON.stringify({ QueueUrl, MessageBody: 'x'.repeat(40_000) });
    await answerTo([whole(message, 'SendMessage')]);
    const receive = whole(JSON.stringify({ QueueUrl, VisibilityTimeout: 0 }), 'ReceiveMessage');
    const { requests } = running.observed;
    const before = requests.last;
    const socket = connect(running.port, '127.0.0.1');
    let read = 0;
    socket.on('data', (chunk) => {
      read += chunk.length;
    });
    socket.pause();

    socket.write(receive.repeat(900));
    await answerTo([whole()]);
    let answered: number;
    do {
      answered = requests.last - before;
      await answerTo([whole()]);
      // One more is the request that was just made.
    } while (requests.last - before > answered + 1);

    expect(answered).toBeGreaterThan(1);
    expect(answered).toBeLessThan(900);
    socket.resume();
    await expect.poll(() => read).toBeGreaterThan(900 * 40_000);
    socket.destroy();
  });
});

it('gives nothing to a poll whose client has gone, however soon after it a message comes', async () => {
  const { sqs } = running.engine;
  const other = talk();
  await once(other.socket, 'connect');
  for (let round = 1; round <= 20; round += 1) {
    const name = `gone-${round}`;
    const call = (target: string, input: object) => {
      const QueueUrl = `http://localhost:${running.port}/000000000000/${name}`;
      return whole(JSON.stringify({ QueueUrl, ...input }), target);
    };
    await answerTo([whole(JSON.stringify({ QueueName: name }), 'CreateQueue')]);
    const queue = [...sqs.queues.values()].find((each) => each.name === name);
    const { socket } = talk();
    socket.write(call('ReceiveMessage', { WaitTimeSeconds: 20 }));
    await expect.poll(() => queue?.pollers.size).toBe(1);

    socket.destroy();
    other.socket.write(call('SendMessage', { MessageBody: 'to nobody' }));

    await expect.poll(() => other.received().split('HTTP/1.1 200').length - 1).toBe(round);
    expect([queue?.visible, queue?.inFlight]).toEqual([1, 0]);
  }
  other.socket.destroy();
});
