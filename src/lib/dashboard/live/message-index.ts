import type { PublishedMessage } from '../../aws/message-trace.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';
import { dispensable, MAX_EVENTS_OF_ONE } from './dispensable-event.ts';
import type { KnownMessage } from './message-row.ts';
import { shared } from './shared-names.ts';
import { type SubscriptionTraffic, TrafficCounter } from './subscription-traffic.ts';

/** What is kept at the most; the oldest messages go first. */
export interface IndexLimits {
  readonly messages: number;
  readonly events: number;
  /** Characters of the messages' bodies. */
  readonly characters: number;
}

/** Messages that are gone after which what is left moves up. */
const COMPACT_AFTER = 1_000;

/** A little more than the engine keeps of each. */
export const INDEX_LIMITS: IndexLimits = {
  messages: 100_000,
  events: 500_000,
  characters: 64 * 1024 * 1024,
};

/** The newest messages with what happened to each, put together from an engine's log of events. */
export class MessageIndex {
  readonly #limits: IndexLimits;
  readonly #messages = new Map<string, KnownMessage>();
  /** The oldest first; those before `#first` are gone. A map that loses its first entries looks for them ever longer. */
  #order: KnownMessage[] = [];
  #first = 0;
  /** By the id in a queue: also those that a message was given when it was sent back. */
  readonly #inQueues = new Map<string, KnownMessage>();
  /** By the digest of their bodies: what is sent with one of them later is such a dead letter, sent back. */
  readonly #dead = new Map<number, KnownMessage>();
  readonly #traffic = new TrafficCounter();
  readonly #names = new Map<string, string>();
  #ordinal = 0;
  #events = 0;
  #characters = 0;

  constructor(limits = INDEX_LIMITS) {
    this.#limits = limits;
  }

  /** How many messages are kept. */
  get size(): number {
    return this.#messages.size;
  }

  /** Whether a message is known. @param id in its topic, or in the queue that it was sent to. */
  has(id: string): boolean {
    return this.#messages.has(id);
  }

  /** A message by the id that `has` takes. */
  get(id: string): KnownMessage | undefined {
    return this.#messages.get(id);
  }

  /** The newest first. */
  newestFirst(): KnownMessage[] {
    return this.#order.slice(this.#first).reverse();
  }

  /** The newest `most` of the messages to which something happened after an event. */
  changedAfter(number: number, most: number): readonly KnownMessage[] {
    return this.newestFirst()
      .filter((known) => known.number > number)
      .slice(0, most);
  }

  /** What a subscription did of late under a filter policy; undefined where nothing is known of that. */
  traffic(
    subscriptionArn: string,
    filterPolicy: string | undefined,
  ): SubscriptionTraffic | undefined {
    return this.#traffic.under(subscriptionArn, filterPolicy);
  }

  /** Events were skipped: what isn't over yet may have gone on without being noticed. */
  markIncomplete(): void {
    for (const known of this.#messages.values()) known.incomplete = true;
  }

  /**
   * Takes an event in. @param number of the event in the log.
   * @returns the message that it happened to; undefined for one whose beginning isn't known any more.
   */
  add(event: MessageEvent, number: number): KnownMessage | undefined {
    this.#traffic.add(event);
    const known = this.#messageOf(event);
    if (known === undefined) return undefined;
    known.events.push(shared(event, this.#names));
    known.number = number;
    this.#events += 1;
    if (known.events.length > MAX_EVENTS_OF_ONE) this.#makeRoom(known, event);
    if (event.kind === 'delivered' || event.kind === 'sent') {
      this.#inQueues.set(event.messageId, known);
    }
    if (event.kind === 'moved') this.#inQueues.set(event.newMessageId, known);
    if (event.kind === 'dead-lettered') this.#dead.set(event.bodyDigest, known);
    this.#shrink();
    return known;
  }

  /** Takes in what was published. @returns the message, where it is known and its text wasn't. */
  addText(message: PublishedMessage): KnownMessage | undefined {
    const known = this.#messages.get(message.messageId);
    if (known === undefined || known.message !== undefined) return undefined;
    known.message = message;
    this.#characters += message.body.length;
    this.#shrink();
    return known;
  }

  #messageOf(event: MessageEvent): KnownMessage | undefined {
    switch (event.kind) {
      case 'published':
        return this.#begin(event, event.topicArn);
      case 'repeated':
      case 'filtered':
      case 'refused':
      case 'invoked':
        return this.#messages.get(event.messageId);
      case 'delivered':
        return this.#messages.get(event.topicMessageId);
      case 'sent':
        return this.#dead.get(event.bodyDigest) ?? this.#begin(event, undefined);
      case 'handled':
      case 'failed':
        // Of a function that is subscribed itself, by the id in the topic.
        return this.#inQueues.get(event.messageId) ?? this.#messages.get(event.messageId);
      default:
        return this.#inQueues.get(event.messageId);
    }
  }

  #begin({ messageId: id, time }: MessageEvent, topicArn: string | undefined): KnownMessage {
    const known: KnownMessage = {
      id,
      ordinal: ++this.#ordinal,
      time,
      topicArn,
      events: [],
      number: 0,
      message: undefined,
      incomplete: false,
    };
    this.#messages.set(id, known);
    this.#order.push(known);
    return known;
  }

  /** Makes room in a message that goes on and on for what happened to it now. */
  #makeRoom(known: KnownMessage, event: MessageEvent): void {
    const gone = new Set(dispensable(known.events, event));
    if (gone.size === 0) return;
    known.events = known.events.filter((each) => !gone.has(each));
    this.#events -= gone.size;
    known.incomplete = true;
    for (const each of gone) if (each.kind === 'sent') this.#inQueues.delete(each.messageId);
  }

  #shrink(): void {
    const { messages, events, characters } = this.#limits;
    while (
      this.#messages.size > messages ||
      this.#events > events ||
      this.#characters > characters
    ) {
      const oldest = this.#order[this.#first];
      if (oldest === undefined || this.#messages.size === 1) return;
      this.#first += 1;
      this.#drop(oldest);
    }
    if (this.#first > COMPACT_AFTER) {
      this.#order = this.#order.slice(this.#first);
      this.#first = 0;
    }
  }

  #drop(known: KnownMessage): void {
    this.#messages.delete(known.id);
    this.#events -= known.events.length;
    this.#characters -= known.message?.body.length ?? 0;
    for (const event of known.events) {
      this.#inQueues.delete(event.messageId);
      if (event.kind === 'moved') this.#inQueues.delete(event.newMessageId);
      if (event.kind === 'dead-lettered' && this.#dead.get(event.bodyDigest) === known) {
        this.#dead.delete(event.bodyDigest);
      }
    }
  }
}
