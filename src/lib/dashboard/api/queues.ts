import type { TargetView } from './overview.ts';
import type { ForeignText, MessageAttribute } from './text.ts';

/** `GET queues/:name/messages?limit=1..1000` (100 unless given): what lies in a queue, the oldest first. */
export interface QueueMessages {
  readonly queue: string;
  readonly queueArn: string;
  /** All messages of the queue by state, those beyond the limit too. */
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /**
   * `peek`: nothing about the messages changed. `receive`: they were received and their visibility was given back, which
   * counts towards `maxReceiveCount`; messages in flight or delayed are not seen.
   */
  readonly how: 'peek' | 'receive';
  /** Says the above in a sentence. */
  readonly remark: string;
  readonly messages: readonly QueueMessage[];
  /** Names of the queues whose dead letters come here; empty for a queue that is not a dead-letter queue. */
  readonly deadLettersOf: readonly string[];
  /** The command line that shows the same; null where there is none. */
  readonly command: string | null;
}

/** A message that lies in a queue. */
export interface QueueMessage {
  readonly messageId: string;
  readonly eventId: string | null;
  readonly eventType: string | null;
  readonly state: 'delayed' | 'visible' | 'in-flight';
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  /** When it can be received, in milliseconds since the epoch; null when it can. */
  readonly visibleAt: number | null;
  readonly receiveCount: number;
  /** What the publisher wrote, without SNS's envelope; at most 64 KiB. */
  readonly text: ForeignText;
  /** The body as it lies in the queue, where that is something else; at most 64 KiB. */
  readonly envelope: ForeignText | null;
  /** Of the publisher. */
  readonly attributes: readonly MessageAttribute[];
  readonly groupId: string | null;
  /** The queue that it came from; null for what was sent here, or where nobody tells. */
  readonly origin: string | null;
  /** Why consumers of this machine failed on it, or SNS could not deliver it; the newest first. Group by the first. */
  readonly reasons: readonly FailureReason[];
}

/** Why somebody failed on a message. */
export interface FailureReason {
  /** ISO 8601; null where nobody tells. */
  readonly time: string | null;
  readonly reason: string;
  /** At which receive; null where nobody tells. */
  readonly receiveCount: number | null;
}

/** Which messages of a queue are meant: all that is given has to hold; nothing given means all. */
export interface MessageSelection {
  /** Message or event ids. */
  readonly ids?: readonly string[];
  readonly type?: string;
  /** As the CLI's `--where`. */
  readonly where?: readonly string[];
  /** Text in the body or an attribute's value, in any case. */
  readonly text?: string;
}

/**
 * `POST queues/:name/redrive` (dead letters go back to where each came from), `POST queues/:name/delete` (the messages
 * that are selected, which may not be all) and `POST queues/:name/purge` (everything; takes no selection).
 */
export interface QueueAction extends MessageSelection {
  /** True first: says how many it would be and which command does the same. Changes nothing. */
  readonly dryRun: boolean;
  /** The queue's name, typed by the user; needed where `dryRun` is false for delete and purge. */
  readonly confirm?: string;
}

/** `POST queues/:name/resend`: sends an edited message to a queue, as a new one. */
export interface ResendRequest {
  /** Where it lies now, as `messageId`; deleted from there once the new one is accepted, if `remove`. */
  readonly messageId: string;
  readonly remove: boolean;
  /** The queue to send to; the queue that the dead letters come from unless given. */
  readonly to?: string;
  /** What the publisher wrote, edited; SNS's envelope is put around it again where there was one. */
  readonly text: string;
  /** As edited; they replace all that were there. */
  readonly attributes: readonly MessageAttribute[];
  readonly dryRun: boolean;
}

/** Where something is changed: whoever is asked is told the same place that the request goes to. */
export interface ActedOn {
  readonly target: TargetView['kind'];
  /** Twelve digits; null where the endpoint has no STS. */
  readonly account: string | null;
  readonly region: string;
  /** URL; null where the SDK picks AWS's own. */
  readonly endpoint: string | null;
}

/** What an action did, or would do. */
export interface ActionResult extends ActedOn {
  readonly dryRun: boolean;
  /** The command line that does the same. */
  readonly command: string;
  /** Messages that it is done to. In a dry run, as many as could be received when it was asked. */
  readonly count: number;
  /** Messages that are meant too, and that it leaves where they are: in flight, or delayed. */
  readonly held: number;
  /** Messages that it was done to; 0 in a dry run. */
  readonly done: number;
  readonly failures: readonly { readonly messageId: string; readonly reason: string }[];
  /** What it will do or did, in a sentence: "Sends 3 dead letters back to ledger-queue." */
  readonly words: string;
}
