import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Message, ReceiveMessageResult } from '@aws-sdk/client-sqs';
import { AppError } from '../../rules/errors.ts';
import { findQueue } from '../control/queue-named.ts';
import type { Engine } from '../engine.ts';
import { ServiceError } from '../errors.ts';
import { identityReader } from '../identity.ts';
import { heldMessages } from '../observe/peek.ts';
import { decodeJson } from '../protocol/json.ts';
import { decodeQuery, parseQuery } from '../protocol/query.ts';
import { findRoute, type Services } from '../services/index.ts';
import { queueDoesNotExist } from '../services/sqs/errors.ts';
import { DELAYED, IN_FLIGHT } from '../services/sqs/queue/message.ts';
import { present, selectionOf } from '../services/sqs/received-message.ts';
import { refuse } from './listener.ts';
import { readBody } from './read-body.ts';
import { sendError, sendOutput } from './respond.ts';
import { sendJson } from './send-json.ts';

// LocalStack's way to look into a queue: `ReceiveMessage` sent to a path of its own gives all messages and receives none.
// @see https://docs.localstack.cloud/aws/services/sqs/ ("Peeking into SQS queues")

/** SDKs add the slash. */
const PATH = /^\/_aws\/sqs\/messages\/?$/;
/** `/_aws/sqs/messages/<region>/<account>/<name>` */
const QUEUE_PATH = /^\/_aws\/sqs\/messages\/([a-z0-9-]+)\/(\d{12})\/([\w.-]+)$/;

/** What stands where a receipt handle would be: it is good for nothing. */
const NO_HANDLE = 'SQS/BACKDOOR/ACCESS';

const EVERYTHING = selectionOf({
  QueueUrl: undefined,
  AttributeNames: ['All'],
  MessageAttributeNames: ['All'],
});

/** Whether a path is the one that shows the messages of a queue. */
export function isMessagesPath(pathname: string): boolean {
  return PATH.test(pathname) || QUEUE_PATH.test(pathname);
}

/**
 * Answers `GET` with the queue in the path or in `QueueUrl`, and `ReceiveMessage` of an SDK that is pointed there, in the
 * protocol that it was asked in. Messages in flight are shown with `ShowInvisible=true`, delayed ones with
 * `ShowDelayed=true`.
 */
export async function sendEveryMessage(
  { engine, services }: { readonly engine: Engine; readonly services: Services },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  const route = findRoute(services.sqs, 'ReceiveMessage');
  const isJson = request.headers['x-amz-target'] !== undefined;
  const protocol = isJson ? 'json' : 'query';
  const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
  const body = await new Promise<string | undefined>((done) => readBody(request, done));
  if (body === undefined) return refuse(response, 413, 'the request is too large');
  try {
    const form = parseQuery([search.slice(1), isJson ? '' : body].filter(Boolean).join('&'));
    const given = (name: string) => form.children?.get(name)?.value;
    const input = isJson
      ? decodeJson(route.operation.input, body)
      : decodeQuery(route.operation.input, form);
    const [, region, account, name] = QUEUE_PATH.exec(pathname) ?? [];
    const wanted = name === undefined ? input.QueueUrl : `arn:aws:sqs:${region}:${account}:${name}`;
    const { service, region: signedFor } = identityReader(engine.sts)(request);
    const callersRegion = service === '' ? undefined : signedFor;
    const queue = findQueue(engine.sqs, String(wanted ?? ''), callersRegion);
    if (queue === undefined) throw queueDoesNotExist();
    const isShown = {
      [IN_FLIGHT]: given('ShowInvisible') === 'true',
      [DELAYED]: given('ShowDelayed') === 'true',
    } as Readonly<Record<number, boolean>>;
    const Messages = [...heldMessages(engine.sqs, queue)]
      .filter(({ state }) => isShown[state] ?? true)
      .map((message) => present(engine.sqs, message, NO_HANDLE, EVERYTHING));
    if (!isJson && request.headers.accept?.includes('json')) {
      sendAsElements(response, Messages, requestId);
    } else {
      const output: ReceiveMessageResult = Messages.length === 0 ? {} : { Messages };
      sendOutput(response, protocol, route, output, requestId);
    }
  } catch (error) {
    if (error instanceof AppError) return refuse(response, 400, `${error.message} ${error.hint}`);
    if (!(error instanceof ServiceError)) throw error;
    sendError(response, protocol, services.sqs, error, requestId);
  }
}

/** The XML's elements as JSON, a list also of one message. */
function sendAsElements(response: ServerResponse, messages: readonly Message[], RequestId: string) {
  const elements = (map: object = {}) =>
    Object.entries(map).map(([Name, Value]) => ({ Name, Value }) as const);
  const Message = messages.map(({ Attributes, MessageAttributes, ...message }) => ({
    ...message,
    Attribute: elements(Attributes),
    ...(MessageAttributes === undefined ? {} : { MessageAttribute: elements(MessageAttributes) }),
  }));
  const ResponseMetadata = { RequestId };
  const answer = {
    ReceiveMessageResponse: { ReceiveMessageResult: { Message }, ResponseMetadata },
  };
  sendJson(response, 200, answer);
}
