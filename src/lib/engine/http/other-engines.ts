import type { IncomingMessage, ServerResponse } from 'node:http';
import { SERVICES } from '../../rules/services.ts';
import type { QueuedMessage } from '../control/message-types.ts';
import { everyMessage } from '../control/messages.ts';
import { findQueue } from '../control/queue-named.ts';
import type { Engine } from '../engine.ts';
import { escapeXml } from '../protocol/xml.ts';
import { VERSION } from '../version.ts';

// Paths of LocalStack and moto that suites call beside the AWS API: those that this engine can answer.

const PREFIXES = ['/_localstack/', '/_aws/', '/moto-api/'] as const;

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
  if (queue === undefined) {
    send(response, 404, { error: `there is no queue ${wanted}` });
    return;
  }
  const messages = everyMessage(engine, queue).map(shownMessage);
  if (headers.accept?.includes('json')) {
    const result = { ReceiveMessageResult: { Message: messages } };
    send(response, 200, { ReceiveMessageResponse: result });
  } else {
    respond(response, 200, 'text/xml', messagesAsXml(messages));
  }
}

/** A message as `ReceiveMessage` would give it, with a handle that is good for nothing. */
function shownMessage({ messageId, body, sentAt, receiveCount }: QueuedMessage) {
  return {
    MessageId: messageId,
    ReceiptHandle: 'SQS/BACKDOOR/ACCESS',
    Body: body,
    Attributes: {
      SentTimestamp: String(sentAt),
      ApproximateReceiveCount: String(receiveCount),
    },
  };
}

function messagesAsXml(messages: readonly ReturnType<typeof shownMessage>[]): string {
  const items = messages.map(
    ({ MessageId, ReceiptHandle, Body }) =>
      `<Message><MessageId>${MessageId}</MessageId><ReceiptHandle>${ReceiptHandle}</ReceiptHandle><Body>${escapeXml(Body)}</Body></Message>`,
  );
  return `<ReceiveMessageResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/"><ReceiveMessageResult>${items.join('')}</ReceiveMessageResult></ReceiveMessageResponse>`;
}

function send(response: ServerResponse, status: number, value: unknown): void {
  respond(response, status, 'application/json', `${JSON.stringify(value)}\n`);
}

function respond(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
