import type { MessageAttributes } from './attributes.ts';
import type { IncomingMessage } from './message.ts';

/** How events of one kind become messages. */
export interface EventWriter<E> {
  /** The message's body. */
  serialize(event: E): string;
  /** The message's subject; undefined for none. */
  subject(event: E): string | undefined;
  /** Attributes that every message of such an event has, for filter policies. */
  attributes(event: E): MessageAttributes;
  /** What tells an event from all others. */
  id(event: E): string;
  /** Whose order counts on a FIFO topic: events of one group are delivered one after the other. */
  group(event: E): string;
}

/** How a message becomes an event again. */
export interface EventReader<E> {
  /** @throws AppError `InvalidEvent` that says why the message is none. */
  read(message: IncomingMessage): E;
  /** What tells an event from all others: its copies have the same. */
  id(event: E): string;
  /** The event's type; undefined where it has none. */
  type(event: E): string | undefined;
}
