import type { PublishedMessage } from '../../aws/message-trace.ts';
import { buildTrace } from '../../diagnose/trace/build-trace.ts';
import type { TraceBranch } from '../../diagnose/trace/trace.ts';
import { type EventMessage, readMessage } from '../../events/message.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';
import { nameOfArn } from '../../rules/names.ts';
import type { MessageRow, RowBranch } from '../api/messages.ts';
import { foreignText } from '../foreign-text.ts';

/** Characters of a message's text that a list shows. */
const PREVIEW_CHARACTERS = 256;

/** A message with everything that happened to it, as far as it is known here. */
export interface KnownMessage {
  /** In the topic; in the queue where it was sent to one. */
  readonly id: string;
  /** Its place among all, counted from 1 in the order in which they came. */
  readonly ordinal: number;
  readonly time: number;
  readonly topicArn: string | undefined;
  /** The oldest first. */
  events: MessageEvent[];
  /** The number of the newest of them in the engine's log. */
  number: number;
  /** What was published; undefined where that isn't known. */
  message: PublishedMessage | undefined;
  /** What it says, once somebody asked. */
  read?: EventMessage | undefined;
  /** Events that came between were skipped, maybe some of this message. */
  incomplete: boolean;
}

/** What a message is; undefined where its text isn't known. */
export function eventOf(known: KnownMessage): EventMessage | undefined {
  const { message } = known;
  known.read ??= message && readMessage({ ...message, text: message.body });
  return known.read;
}

/** What became of a message in each queue. @param now milliseconds since the epoch, by the engine's clock. */
export function branchesOf(
  { id, events, message }: KnownMessage,
  now: number,
  subscribers: ReadonlyMap<string, string>,
): readonly TraceBranch[] {
  const way = { now, from: 0, events };
  return buildTrace(id, way, { published: message, reasons: new Map(), subscribers }).branches;
}

/** A message as a list shows it. Arguments as `branchesOf`. */
export function rowOf(
  known: KnownMessage,
  now: number,
  subscribers: ReadonlyMap<string, string>,
): MessageRow {
  const { id, time, topicArn, message } = known;
  const event = eventOf(known);
  return {
    id,
    time,
    topic: topicArn === undefined ? null : nameOfArn(topicArn),
    topicArn: topicArn ?? null,
    eventType: event?.type ?? null,
    eventId: event?.eventId ?? null,
    subject: message?.subject ?? null,
    preview: message === undefined ? null : foreignText(message.body, PREVIEW_CHARACTERS),
    branches: branchesOf(known, now, subscribers).map(rowBranch),
    complete: !known.incomplete,
  };
}

function rowBranch({ queue, subscriber, state, steps }: TraceBranch): RowBranch {
  return {
    queue,
    subscriber: subscriber ?? null,
    outcome: state,
    receives: steps.filter(({ what }) => what === 'received').length,
  };
}
