import type { Message } from './message.ts';
import type { ReceiveRequest } from './receive-request.ts';

/** A receive that waits for messages. */
export interface Poller extends ReceiveRequest {
  /** Ends the wait with the messages taken. */
  readonly deliver: (messages: Message[]) => void;
  /** Ends the wait with nothing. */
  readonly giveUp: () => void;
  /** Ends the wait because the queue was deleted. */
  readonly abandon: () => void;
}
