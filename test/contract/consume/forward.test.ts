import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HandlerContext } from '../../../src/lib/consume/consumed.ts';
import { forwardHandler } from '../../../src/lib/consume/handlers/forward.ts';
import { readMessage } from '../../../src/lib/events/message.ts';

interface Posted {
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
  readonly url: string | undefined;
}
let server: Server;
let posted: Posted[];
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  posted = [];
  answer = (response) => response.writeHead(204).end();
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { headers, url } = request;
      posted.push({ body: Buffer.concat(parts).toString('utf8'), headers, url });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const TEXT = '{"event_id":"e-1","event_type":"paid","amount":0.10,"big":12345678901234567890}';
function forward(
  text = TEXT,
  options: {
    secret?: string;
    timeout?: number;
    url?: string;
    signal?: AbortSignal;
    traceparent?: string;
    subscriber?: string;
  } = {},
): Promise<void> {
  const listening = server.address() as AddressInfo | null;
  const url = new URL(options.url ?? `http://127.0.0.1:${listening?.port}/events?x=1`);
  const { secret, timeout = 10, signal = new AbortController().signal } = options;
  const event = readMessage({ messageId: 'm-1', text, attributes: {} });
  const context: HandlerContext = {
    signal,
    subscriber: options.subscriber ?? 'ledger',
    queueUrl: 'http://localhost/q',
    messageId: 'sqs-1',
    eventId: event.id,
    eventType: event.type,
    receiveCount: 2,
    groupId: undefined,
    topicArn: undefined,
    subject: undefined,
    traceparent: options.traceparent,
    awsTraceHeader: undefined,
    attributes: {},
  };
  return forwardHandler({ url, secret, timeout })(event, context);
}

describe('an event that is forwarded', () => {
  it('arrives to the letter, with what is known of it', async () => {
    await forward();
    expect(posted).toMatchObject([
      {
        body: TEXT,
        url: '/events?x=1',
        headers: {
          'content-type': 'application/json',
          'pubsub-subscriber': 'ledger',
          'pubsub-event-id': 'e-1',
          'pubsub-event-type': 'paid',
          'pubsub-message-id': 'sqs-1',
          'pubsub-receive-count': '2',
          'user-agent': 'pubsub-cli',
        },
      },
    ]);
    for (const absent of ['pubsub-signature', 'traceparent']) {
      expect(posted[0]?.headers).not.toHaveProperty(absent);
    }
    const traceparent = '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01';
    await forward('{}', { traceparent });
    expect(posted[1]?.headers).toMatchObject({ traceparent });
    expect(posted[1]?.headers).not.toHaveProperty('pubsub-event-type');
  });

  it('is signed with the secret', async () => {
    await forward('{"event_type":"bezahlt","a":"ä"}', { secret: 's3cret' });
    const { body = '', headers = {} } = posted[0] ?? {};
    const [, time, signature] =
      /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['pubsub-signature'])) ?? [];
    expect(createHmac('sha256', 's3cret').update(`${time}.${body}`).digest('hex')).toBe(signature);
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60);
  });

  it.each([
    ['hello', 'text/plain; charset=utf-8'],
    ['"hello"', 'application/json'],
    ['null', 'application/json'],
    [
      '{"specversion":"1.0","id":"c","source":"/s","type":"t"}',
      'application/cloudevents+json; charset=utf-8',
    ],
  ])('says what it is: %s', async (text, type) => {
    await forward(text);
    expect(posted[0]?.headers['content-type']).toBe(type);
  });

  it('has headers that HTTP can hold, whatever its id is', async () => {
    await forward('{"event_id":"a\\r\\nx: y \\ud800 ü","event_type":"t"}');
    expect(posted[0]?.headers['pubsub-event-id']).toBe(encodeURIComponent('a\r\nx: y \ufffd ü'));
    expect(posted[0]?.headers).not.toHaveProperty('x');
  });

  it.each([
    ['a', 'a'],
    ['~!', '~!'],
    ['a b', 'a b'],
    [' a', '%20a'],
    ['a ', 'a%20'],
    ['a\u007f', 'a%7F'],
    ['', ''],
  ])('has a text as it is where HTTP can hold it: %j', async (subscriber, header) => {
    await forward(TEXT, { subscriber });
    expect(posted[0]?.headers['pubsub-subscriber']).toBe(header);
  });

  it.each([200, 201, 202, 204, 299])('is handled with %d', async (status) => {
    answer = (response) => response.writeHead(status).end();
    await expect(forward()).resolves.toBeUndefined();
  });

  it.each([400, 404, 422, 500, 503])(
    'has failed with %d, for the reason that was given',
    async (status) => {
      answer = (response) =>
        response.writeHead(status).end(`no stock\n\nline 2\nline 3\n${'x'.repeat(200_000)}`);
      await expect(forward()).rejects.toThrow(
        new RegExp(`^127\\.0\\.0\\.1:\\d+ answered ${status}\\nno stock\\nline 2\\nline 3$`),
      );
    },
  );

  it.each([
    ['nothing', '', ''],
    ['blank lines', '\r\n \n', ''],
    ['lines of Windows', 'a\r\nb\r\n', '\na\nb'],
    ['more than 500 characters', 'x'.repeat(501), `\n${'x'.repeat(500)}`],
    ['more lines than three', '1\n2\n3\n4', '\n1\n2\n3'],
  ])('has failed with an answer that is %s', async (_, body, reason) => {
    answer = (response) => response.writeHead(500).end(body);
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(forward()).rejects.toThrow(new Error(`${host} answered 500${reason}`));
  });

  it.each([
    [300, ' to nowhere, not followed'],
    [399, ' to nowhere, not followed'],
    [400, ''],
  ])('is a redirect from 300 on, and not from 400 on: %d', async (status, where) => {
    answer = (response) => response.writeHead(status).end();
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(forward()).rejects.toThrow(new Error(`${host} answered ${status}${where}`));
  });

  it('is not read to its end where the answer is long', async () => {
    let isCut = false;
    answer = (response) => {
      response.on('close', () => {
        isCut = !response.writableEnded;
      });
      response.writeHead(500).write(`first\n${'x'.repeat(100_000)}`);
    };
    await expect(forward()).rejects.toThrow(/answered 500\nfirst\nx{494}$/);
    await expect.poll(() => isCut).toBe(true);
  });

  it('follows no redirect', async () => {
    answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
    await expect(forward()).rejects.toThrow('answered 307 to /elsewhere, not followed');
    expect(posted).toHaveLength(1);
  });

  it('has failed when no answer comes in time', async () => {
    answer = () => {};
    await expect(forward(TEXT, { timeout: 0.05 })).rejects.toThrow('did not answer within 0.05 s');
  });

  it('is given up when the handler has to end', async () => {
    const controller = new AbortController();
    answer = () => controller.abort(new Error('over'));
    await expect(forward(TEXT, { signal: controller.signal })).rejects.toThrow('over');
  });

  it('says what could not be reached', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(forward(TEXT, { url: `http://127.0.0.1:${port}/` })).rejects.toThrow(
      `could not reach 127.0.0.1:${port}: connect ECONNREFUSED`,
    );
  });
});
