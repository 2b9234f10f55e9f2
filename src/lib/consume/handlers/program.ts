import { type EventMessage, idFields, jsonLine } from '../../events/message.ts';
import type { HandlerContext, MessageFacts } from '../consumed.ts';
import { type ProgramOptions, startProgram } from './start-program.ts';

/**
 * A handler that runs a program for each event: the event as one line of JSON on standard input, numbers to the letter,
 * or the text as it is where it is not JSON; facts about the message in `PUBSUB_*` variables. Exit code 0 means handled. At the time limit it gets SIGTERM, and SIGKILL 2 s later,
 * with all that it has started.
 * @returns a handler that throws an Error with the last lines of stderr when the program fails, and AppError
 * `HandlerGone` where it can't be run at all.
 */
export function programHandler(options: ProgramOptions) {
  return async (event: EventMessage, { signal, ...facts }: HandlerContext): Promise<void> => {
    const running = await startProgram(options, factsAsEnvironment(event, facts));
    running.child.stdin.end(`${event.value === event.text ? event.text : jsonLine(event)}\n`);
    if (signal.aborted) running.end();
    signal.addEventListener('abort', running.end, { once: true });
    const problem = await running.ended.finally(() =>
      signal.removeEventListener('abort', running.end),
    );
    if (problem !== undefined) throw new Error([problem, ...running.errors].join('\n'));
  };
}

/** What a program is told beside the event itself. */
function factsAsEnvironment(event: EventMessage, facts: MessageFacts): Record<string, string> {
  const all = {
    ...idEnvironment(event),
    PUBSUB_SUBSCRIBER: facts.subscriber,
    PUBSUB_QUEUE_URL: facts.queueUrl,
    PUBSUB_MESSAGE_ID: facts.messageId,
    PUBSUB_RECEIVE_COUNT: String(facts.receiveCount),
    PUBSUB_EVENT_ID: facts.eventId,
    ...(facts.eventType === undefined ? {} : { PUBSUB_EVENT_TYPE: facts.eventType }),
    ...(facts.topicArn === undefined ? {} : { PUBSUB_TOPIC_ARN: facts.topicArn }),
    ...(facts.groupId === undefined ? {} : { PUBSUB_GROUP_ID: facts.groupId }),
    ...traceEnvironment(facts.traceparent),
    ...(facts.awsTraceHeader === undefined ? {} : { PUBSUB_AWS_TRACE: facts.awsTraceHeader }),
  };
  // No variable can hold a NUL: what has one is left out.
  return Object.fromEntries(Object.entries(all).filter(([, value]) => !value.includes('\0')));
}

/** An event's ids under names of their own: `payment_id` is `PUBSUB_PAYMENT_ID`. */
function idEnvironment(event: EventMessage): Record<string, string> {
  return Object.fromEntries(
    [...idFields(event)].map(([name, id]) => [`PUBSUB_${name.toUpperCase()}`, id]),
  );
}

/** The second one is what other programs, `pubsub publish` among them, read for the trace to go on. */
function traceEnvironment(traceparent: string | undefined): Record<string, string> {
  return traceparent === undefined
    ? {}
    : { PUBSUB_TRACEPARENT: traceparent, TRACEPARENT: traceparent };
}
