import { callEngine } from '../engine-call.ts';
import type { FunctionTarget } from '../lookup.ts';
import type { LambdaState } from '../state.ts';
import type { GivenUp, PendingEvent } from './event.ts';
import type { InvokeOutcome } from './invoke.ts';

/** What is told of an event that has come to its end. */
export interface EventEnd {
  readonly event: PendingEvent;
  readonly target: FunctionTarget;
  readonly condition: 'Success' | GivenUp;
  /** Of the last try; undefined where there was none. */
  readonly outcome: InvokeOutcome | undefined;
}

const KEYS_SECONDS = 900;
/** Bytes of the error that a dead-letter queue is told ("The first 1 KB of the error message"). */
const MAX_ERROR_BYTES = 1024;

/** Sends the record of an event's end to a queue or topic, or to another function. @param arn empty or undefined for none. */
export async function tellDestination(
  state: LambdaState,
  arn: string | undefined,
  end: EventEnd,
): Promise<void> {
  if (arn === undefined || arn === '') return;
  await send(state, arn, end, recordOf(state, end), {});
}

/** Sends the event itself to the version's dead-letter queue or topic, with the error as attributes. */
export async function tellDeadLetterQueue(state: LambdaState, end: EventEnd): Promise<void> {
  const { deadLetterArn } = end.target.version;
  if (deadLetterArn === '') return;
  const error = readPayload(end.outcome?.payload ?? '') as {
    readonly errorMessage?: unknown;
  } | null;
  await send(state, deadLetterArn, end, end.event.payload, {
    RequestID: ['String', end.event.id],
    ErrorCode: ['Number', '200'],
    ErrorMessage: [
      'String',
      Buffer.from(String(error?.errorMessage ?? end.condition))
        .subarray(0, MAX_ERROR_BYTES)
        .toString() || end.condition,
    ],
  });
}

/** "Invocation record" (Capturing records of Lambda asynchronous invocations). */
function recordOf(state: LambdaState, { event, target, condition, outcome }: EventEnd): string {
  const { fn, version } = target;
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date(state.parts.clock.timestamp()).toISOString(),
    requestContext: {
      requestId: event.id,
      functionArn: target.arn === fn.arn ? `${fn.arn}:$LATEST` : target.arn,
      condition,
      approximateInvokeCount: event.failures + (condition === 'Success' ? 1 : 0),
    },
    requestPayload: JSON.parse(event.payload),
    ...(outcome === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: version.version,
            ...(outcome.ok ? {} : { functionError: 'Unhandled' }),
          },
          responsePayload: readPayload(outcome.payload),
        }),
  });
}

/** A payload's value. What a program of its own answers may be no JSON: then its text. */
function readPayload(payload: string): unknown {
  try {
    return JSON.parse(payload === '' ? 'null' : payload);
  } catch {
    return payload;
  }
}

type Attributes = Readonly<Record<string, readonly [type: string, value: string]>>;

/** What the destination doesn't take is lost, as on AWS; the engine's list of requests shows why. */
async function send(
  state: LambdaState,
  arn: string,
  { target }: EventEnd,
  message: string,
  attributes: Attributes,
): Promise<void> {
  const [, , service, region = '', account = '', name = ''] = arn.split(':');
  if (service === 'lambda') {
    state.deliverEvent(arn, message);
    return;
  }
  const { endpoint } = state.host;
  if (endpoint === undefined || (service !== 'sqs' && service !== 'sns')) return;
  const { fn, version } = target;
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
  await call.catch(() => undefined);
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
