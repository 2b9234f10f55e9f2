import type { Message } from './message.ts';

/** A receive that waits for messages. */
export interface Poller {
  /** Messages it takes at most, 1 to 10. */
  readonly max: number;
  /** Visibility timeout for what it takes, in seconds. */
  readonly visibilitySeconds: number;
  /** Ends the wait with the messages taken. */
  readonly deliver: (messages: Message[]) => void;
  /** Ends the wait because the queue was deleted. */
  readonly abandon: () => void;
}
