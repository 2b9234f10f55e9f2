import { setTimeout as sleep } from 'node:timers/promises';
import { chooseTopic } from '../definition/find.ts';
import type { SubscriberSpec, TopicSpec } from '../definition/topology.ts';
import type { EventType, OrderEvent, OrderStatus } from '../events/order-event.ts';
import { createOrderEvent, type OrderFacts } from '../events/sample-orders.ts';
import { createPublisher, type Publisher } from '../publish/publisher.ts';
import { AppError } from '../rules/errors.ts';
import type { Observed, ObservedQueue, Place } from '../topology/inspect.ts';
import { topicArnIn } from '../topology/observed.ts';
import type { DemoEvent } from './demo-event.ts';
import { DemoLedger, interrupted } from './ledger.ts';

/** `normal` leaves time to read, `fast` doesn't. */
export type Pace = 'normal' | 'fast';

export interface DemoOptions {
  /** Where to run; its topology MUST be one of the demo's own, for it is removed at the end. */
  readonly place: Place;
  readonly pace: Pace;
  /** Leaves everything in place at the end. */
  readonly keep: boolean;
  /** Aborted to end early; what was made is removed all the same. */
  readonly stop: AbortSignal;
  readonly onEvent: (event: DemoEvent) => void;
  /** Starts the order API, which announces what it stores to this topic. Where given, the demo goes through it. */
  readonly startApi?: (topicArn: string) => Promise<DemoApi>;
}

/** A running order API. */
export interface DemoApi {
  readonly url: string;
  /** Publishes what is due, and ends. */
  stop(): Promise<void>;
}

/** What tells an event from the others of a demo. */
export type AnnouncedEvent = Pick<OrderEvent, 'event_id' | 'event_type' | 'order_id'>;

type TargetKind = Place['identity']['target'];

/** A failed expectation: the step fails, and the demo goes on to the clean-up. */
export class Disappointment extends Error {}

/** How long a delivery may take, in milliseconds. */
export const PATIENCE = 30_000;
/** Milliseconds to read a step's headline. */
const READING_TIME = { normal: 1_500, fast: 0 } as const;

/** What the steps of one demo share. */
export class DemoStage {
  readonly options: DemoOptions;
  readonly ledger: DemoLedger;
  /** The consumers that run, and the signal that ends them. */
  readonly consumers: Promise<unknown>[] = [];
  readonly curtain = new AbortController();
  /** The event that one handler fails on; undefined while it fails on none. */
  poison: string | undefined;
  /** The API from its start on, in a demo that goes through it. */
  api: DemoApi | undefined;
  topicArn = '';
  private queues: Observed['queues'] = new Map();
  private publisher: Publisher | undefined;

  constructor(options: DemoOptions) {
    this.options = options;
    this.ledger = new DemoLedger(options.stop);
  }

  /** Takes note of what was set up. */
  furnish(observed: Observed): void {
    this.queues = observed.queues;
    this.topicArn = topicArnIn(this.options.place.topology, observed);
    this.publisher = createPublisher({
      aws: this.options.place.aws,
      topicArn: this.topicArn,
    });
  }

  /** What the ledger knows an event by: its id, or what can be told of it where the API gives the id. */
  keyOf(event: AnnouncedEvent): string {
    return this.options.startApi ? `${event.event_type} ${event.order_id}` : event.event_id;
  }

  /** The names of all subscribers, or of all but one. */
  subscribers(except?: string): string[] {
    const { subscribers } = this.options.place.topology;
    return subscribers.map(({ name }) => name).filter((name) => name !== except);
  }

  spec(name: string): SubscriberSpec {
    const found = this.options.place.topology.subscribers.find((each) => each.name === name);
    if (!found) throw new Error(`the topology has no subscriber ${name}`);
    return found;
  }

  /** The topic that everything is published to. */
  get topic(): TopicSpec {
    return chooseTopic(this.options.place.topology, undefined);
  }

  queue(name: string | undefined): ObservedQueue {
    const found = this.queues.get(name ?? '');
    if (!found) throw new AppError({ code: 'QueueNotFound', message: `Queue ${name} is gone.` });
    return found;
  }

  /** Publishes an event and waits until the subscribers that should have it, have. */
  async announce(
    eventType: EventType,
    order: OrderFacts,
    status: OrderStatus,
    expectedBy: readonly string[],
  ): Promise<OrderEvent> {
    const event = await this.publish(createOrderEvent(eventType, { ...order, status }));
    await this.expectArrival(event, expectedBy);
    return event;
  }

  /** Counts an event among the expected ones, and waits for it. @throws Disappointment as `arrival` does. */
  async expectArrival(event: AnnouncedEvent, expectedBy: readonly string[]): Promise<void> {
    for (const name of expectedBy) this.ledger.expect(name, this.keyOf(event));
    await this.arrival(event, expectedBy);
  }

  async publish(event: OrderEvent): Promise<OrderEvent> {
    const { event_type: eventType, order_id: orderId, total, status } = event;
    this.tell({ kind: 'published', eventType, orderId, total, status });
    const report = await this.publisher?.publish([{ event }]);
    if (report?.fatal) throw report.fatal;
    if (report?.published !== 1) throw new Disappointment('the event was not published');
    return event;
  }

  /** @throws Disappointment when one of them doesn't get the event in time. */
  async arrival(event: AnnouncedEvent, expectedBy: readonly string[]): Promise<void> {
    const missing = (): string[] =>
      expectedBy.filter((name) => !this.ledger.has(name, this.keyOf(event)));
    if (await this.ledger.waitFor(() => missing().length === 0, PATIENCE)) return;
    throw new Disappointment(
      `order ${event.order_id} did not reach ${missing().join(' and ')} within ${PATIENCE / 1000} s`,
    );
  }

  /** The bound that goes with the target: the engine answers at once, AWS takes its time. */
  bound<T>(bounds: Readonly<Record<TargetKind, T>>): T {
    return bounds[this.options.place.identity.target];
  }

  /** Leaves time to read, and less of it between the parts of one step. */
  async readingTime(part = 1): Promise<void> {
    await this.pause(READING_TIME[this.options.pace] * part);
  }

  /** @throws AppError `Interrupted` when the demo is stopped. */
  async pause(milliseconds: number): Promise<void> {
    const { stop } = this.options;
    if (milliseconds > 0) await sleep(milliseconds, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) throw interrupted();
  }

  tell(event: DemoEvent): void {
    this.options.onEvent(event);
  }
}
