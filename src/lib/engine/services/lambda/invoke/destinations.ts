import { callEngine } from '../engine-call.ts';
import type { FunctionTarget } from '../lookup.ts';
import type { LambdaState } from '../state.ts';
import type { EventEnd, PendingEvent } from './event.ts';
import { readError } from './report.ts';

const KEYS_SECONDS = 900;
/** Bytes of the error that a dead-letter queue is told ("The first 1 KB of the error message"). */
const MAX_ERROR_BYTES = 1024;

/**
 * Sends the record of an event's end to a queue or topic, or to another function.
 *
 * @param arn empty for none.
 * @returns whether that is over: what the destination refuses is lost, as on AWS; who can't answer is told later
 */
export async function tellDestination(
  state: LambdaState,
  arn: string,
  target: FunctionTarget,
  event: PendingEvent,
  end: EventEnd,
): Promise<boolean> {
  if (arn === '') return true;
  const record = recordOf(target, event, end, state.parts.clock.timestamp());
  return send(state, arn, target, record, {});
}

/** Sends the event itself to the version's dead-letter queue or topic, with the error as attributes. */
export async function tellDeadLetterQueue(
  state: LambdaState,
  target: FunctionTarget,
  event: PendingEvent,
  { condition, outcome }: EventEnd,
): Promise<boolean> {
  const { deadLetterArn } = target.version;
  if (deadLetterArn === '') return true;
  const said = outcome === undefined ? NOT_TRIED[condition] : readError(outcome.payload).message;
  const text = said === undefined || said === '' ? condition : said;
  return send(state, deadLetterArn, target, event.payload, {
    RequestID: ['String', event.id],
    ErrorCode: ['Number', outcome === undefined ? '429' : '200'],
    ErrorMessage: ['String', Buffer.from(text).subarray(0, MAX_ERROR_BYTES).toString()],
  });
}

/** What is said of events that the function was not called for any more. */
const NOT_TRIED: Readonly<Partial<Record<EventEnd['condition'], string>>> = {
  EventAgeExceeded: 'Rate Exceeded.',
  ZeroReservedConcurrency:
    'Function not invoked. Function is configured with zero reserved concurrent executions',
};

/**
 * "Invocation record" (Capturing records of Lambda asynchronous invocations). Payloads stand in it as they came: to write
 * one anew that nests deeply would overflow the stack.
 */
function recordOf(
  { fn, arn }: FunctionTarget,
  event: PendingEvent,
  { condition, outcome }: EventEnd,
  timestamp: number,
): string {
  const requestContext = {
    requestId: event.id,
    functionArn: arn === fn.arn ? `${fn.arn}:$LATEST` : arn,
    condition,
    approximateInvokeCount: event.failures + (condition === 'Success' ? 1 : 0),
  };
  const members = [
    '"version":"1.0"',
    `"timestamp":"${new Date(timestamp).toISOString()}"`,
    `"requestContext":${JSON.stringify(requestContext)}`,
    `"requestPayload":${event.payload}`,
  ];
  if (outcome !== undefined) {
    const responseContext = {
      statusCode: 200,
      executedVersion: outcome.version,
      ...(outcome.ok ? {} : { functionError: 'Unhandled' }),
    };
    members.push(
      `"responseContext":${JSON.stringify(responseContext)}`,
      `"responsePayload":${jsonOf(outcome.payload)}`,
    );
  }
  return `{${members.join(',')}}`;
}

/** A payload as JSON. What a program of its own answers may be none: then it is a text. */
function jsonOf(payload: string): string {
  if (payload === '') return 'null';
  try {
    JSON.parse(payload);
    return payload;
  } catch {
    return JSON.stringify(payload);
  }
}

type Attributes = Readonly<Record<string, readonly [type: string, value: string]>>;

/** @returns whether it is over: taken, or refused for good. */
async function send(
  state: LambdaState,
  arn: string,
  { fn, version }: FunctionTarget,
  message: string,
  attributes: Attributes,
): Promise<boolean> {
  const [, , service, region = '', account = '', name = ''] = arn.split(':');
  if (service === 'lambda') {
    state.deliverEvent(arn, message);
    return true;
  }
  const { endpoint } = state.host;
  if (endpoint === undefined || (service !== 'sqs' && service !== 'sns')) return true;
  const keys = state.roles.keysFor(version.role, fn.name, KEYS_SECONDS);
  const common = { endpoint, region, keys, userAgent: `pubsub-function/${fn.name}` };
  const call =
    service === 'sqs'
      ? callEngine({
          ...common,
          service,
          headers: {
            'Content-Type': 'application/x-amz-json-1.0',
            'X-Amz-Target': 'AmazonSQS.SendMessage',
          },
          body: JSON.stringify({
            QueueUrl: `${endpoint}/${account}/${name}`,
            MessageBody: message,
            MessageAttributes: Object.fromEntries(
              Object.entries(attributes).map(([key, [DataType, StringValue]]) => [
                key,
                { DataType, StringValue },
              ]),
            ),
          }),
        })
      : callEngine({
          ...common,
          service,
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: publishForm(arn, message, attributes),
        });
  return call.then(
    ({ status, text }) => !isPassing(status, text),
    () => false,
  );
}

/** What a service says whose call is worth another try: a fault of its own, or throttling, for which SQS answers 403. */
function isPassing(status: number, text: string): boolean {
  return status >= 500 || status === 429 || /#RequestThrottled\b/.test(text);
}

function publishForm(topicArn: string, message: string, attributes: Attributes): string {
  const form = new URLSearchParams({
    Action: 'Publish',
    Version: '2010-03-31',
    TopicArn: topicArn,
    Message: message,
  });
  Object.entries(attributes).forEach(([name, [type, value]], index) => {
    const entry = `MessageAttributes.entry.${index + 1}`;
    form.set(`${entry}.Name`, name);
    form.set(`${entry}.Value.DataType`, type);
    form.set(`${entry}.Value.StringValue`, value);
  });
  return form.toString();
}
