import type { IncomingMessage, ServerResponse } from 'node:http';
import { everyMessage } from '../control/messages.ts';
import { findQueue } from '../control/queue-named.ts';
import type { Engine } from '../engine.ts';
import { VERSION } from '../version.ts';

// Paths of LocalStack and moto that suites call beside the AWS API: those that this engine can answer.

const PREFIXES = ['/_localstack/', '/_aws/', '/moto-api/'] as const;

const SERVICES = ['sqs', 'sns', 'sts', 'kms', 'dynamodb', 'logs'] as const;

/** `/_aws/sqs/messages/<region>/<account>/<name>` */
const QUEUE_PATH = /^\/_aws\/sqs\/messages\/[a-z0-9-]+\/\d{12}\/[\w.-]+$/;

/** Whether a request is for a path that other engines have beside the AWS API. */
export function isOtherEnginePath({ url = '' }: IncomingMessage): boolean {
  return PREFIXES.some((prefix) => url.startsWith(prefix));
}

/** Answers them. What this engine hasn't got is refused by name. They are documented in docs/moving-over.md. */
export async function answerAsOtherEngine(
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const { pathname } = url;
  const isPost = request.method === 'POST';
  if (pathname === '/_localstack/health') {
    const services = Object.fromEntries(SERVICES.map((name) => [name, 'running']));
    return send(response, 200, { services, edition: 'pubsub', version: VERSION });
  }
  if (pathname === '/_localstack/state/reset' && isPost) {
    await engine.reset();
    return send(response, 200, {});
  }
  if (pathname === '/moto-api/reset' && isPost) {
    await engine.reset();
    return send(response, 200, { status: 'ok' });
  }
  if (pathname === '/_aws/sqs/messages' || QUEUE_PATH.test(pathname)) {
    return sendMessages(engine, url, request, response);
  }
  send(response, 404, {
    error: `${request.method} ${pathname} is not in this engine: see docs/moving-over.md for what is`,
  });
}

function sendMessages(
  engine: Engine,
  url: URL,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const [, , , , region, account, name] = url.pathname.split('/');
  const wanted =
    name === undefined
      ? (url.searchParams.get('QueueUrl') ?? '')
      : `arn:aws:sqs:${region}:${account}:${name}`;
  const queue = findQueue(engine.sqs, wanted);
  if (queue === undefined) return send(response, 404, { error: `there is no queue ${wanted}` });
  const messages = everyMessage(engine, queue).map((message) => ({
    MessageId: message.messageId,
    ReceiptHandle: 'SQS/BACKDOOR/ACCESS',
    Body: message.body,
    Attributes: {
      SentTimestamp: String(message.sentAt),
      ApproximateReceiveCount: String(message.receiveCount),
    },
  }));
  if (headers.accept?.includes('json')) {
    const result = { ReceiveMessageResult: { Message: messages } };
    return send(response, 200, { ReceiveMessageResponse: result });
  }
  const items = messages.map(
    ({ MessageId, ReceiptHandle, Body }) =>
      `<Message><MessageId>${MessageId}</MessageId><ReceiptHandle>${ReceiptHandle}</ReceiptHandle><Body>${xmlText(Body)}</Body></Message>`,
  );
  const xml = `<ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><ReceiveMessageResult>${items.join('')}</ReceiveMessageResult></ReceiveMessageResponse>`;
  respond(response, 200, 'text/xml', xml);
}

const XML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function xmlText(text: string): string {
  return text.replace(/[&<>]/g, (character) => XML_ESCAPES[character] ?? character);
}

function send(response: ServerResponse, status: number, value: unknown): void {
  respond(response, status, 'application/json', `${JSON.stringify(value)}\n`);
}

function respond(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
