import type { Topology } from '../definition/topology.ts';
import type { MessageEvent } from '../rules/message-trace.ts';
import { parseArn } from '../rules/names.ts';

/** Counts what becomes of events on their way from the topics of a topology to its subscribers. */
export class DeliveryCount {
  /** Events that the topics got. */
  published = 0;
  /** Messages that reached the queue of a subscriber with a handler. */
  deliveries = 0;
  handled = 0;
  deadLettered = 0;
  /** Messages that a queue did not take. */
  refused = 0;
  /** When the last message was handled, in milliseconds since the epoch; undefined before. */
  lastHandledAt: number | undefined;
  readonly #topics: ReadonlySet<string>;
  readonly #queues: ReadonlySet<string>;
  /** Ways of events from topics to subscriptions: so many begun, and so many of which the end is known. */
  #ways = 0;
  #ended = 0;

  /** @param unhandled names of subscribers whose messages nothing takes. */
  constructor({ topics, subscribers }: Topology, unhandled: readonly string[]) {
    this.#topics = new Set(topics.map(({ name }) => name));
    const handled = subscribers.filter(({ name }) => !unhandled.includes(name));
    this.#queues = new Set(handled.map(({ queue }) => queue));
  }

  /** Something that happened to a message; those of other topics and queues don't count. */
  add(event: MessageEvent): void {
    const { kind } = event;
    if ('topicArn' in event && !this.#topics.has(nameIn(event.topicArn))) return;
    const isHandled = 'queueArn' in event && this.#queues.has(nameIn(event.queueArn ?? ''));
    if (kind === 'published') {
      this.published++;
      this.#ways += event.subscriptions;
    } else if (kind === 'filtered' || kind === 'invoked' || kind === 'refused') {
      this.#ended++;
      if (kind === 'refused') this.refused++;
    } else if (kind === 'delivered') {
      this.#ended++;
      if (isHandled) this.deliveries++;
    } else if (isHandled && kind === 'deleted' && event.by === 'consumer') {
      this.handled++;
      this.lastHandledAt = event.time;
    } else if (isHandled && kind === 'dead-lettered') {
      this.deadLettered++;
    }
  }

  /** What has happened so far, as a number that grows with everything that matters. */
  get progress(): number {
    return this.published + this.#ended + this.handled + this.deadLettered;
  }

  /** Whether nothing more will happen to so many events. */
  isComplete(events: number): boolean {
    return (
      this.published >= events &&
      this.#ended >= this.#ways &&
      this.handled + this.deadLettered >= this.deliveries
    );
  }

  /** What is missing of so many events: those that no topic got, and messages not delivered or not handled. */
  missing(events: number): number {
    return Math.max(0, events - this.published) + this.refused + this.deliveries - this.handled;
  }
}

function nameIn(arn: string): string {
  return parseArn(arn)?.resource ?? '';
}
