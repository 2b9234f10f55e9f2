import { setTimeout as sleep } from 'node:timers/promises';
import type { MessageQueue } from '../aws/message-queue.ts';
import type { MessageTopic } from '../aws/message-topic.ts';
import { topicByKey } from '../definition/find.ts';
import type { SubscriberSpec, TopicSpec, Topology } from '../definition/topology.ts';
import { type EventMessage, messageData } from '../events/message.ts';
import { createTopicPublisher } from '../publish/publisher.ts';
import { AppError } from '../rules/errors.ts';
import type { Place } from '../topology/inspect.ts';
import type { TopologyReport } from '../topology/report.ts';
import type { FoundStored, Transport } from '../transport/transport.ts';
import type { DemoEvent } from './demo-event.ts';
import { recipients } from './derived-scenario.ts';
import { DemoLedger, interrupted } from './ledger.ts';
import { type DemoMessage, demoMessages, messageOf, topicKeyOf } from './message.ts';
import { eventLabel, type Scenario, type ScenarioEvent, type ScenarioRequest } from './scenario.ts';

/** `normal` leaves time to read, `fast` doesn't. */
export type Pace = 'normal' | 'fast';

/** What a subscriber does about an event. @returns lines to show. */
export type Reaction = (message: EventMessage) => Promise<readonly string[]>;

export interface DemoOptions {
  /** What carries the messages. */
  readonly transport: Transport;
  /** MUST be one of the demo's own, for it is removed at the end. */
  readonly topology: Topology;
  readonly scenario: Scenario;
  readonly pace: Pace;
  /** Leaves everything in place at the end. */
  readonly keep: boolean;
  /** Aborted to end early; what was made is removed all the same. */
  readonly stop: AbortSignal;
  readonly onEvent: (event: DemoEvent) => void;
  /** What a subscriber does about its events. */
  readonly reactionOf: (subscriber: string) => Promise<Reaction>;
  /** Waits between two steps; goes on at once unless given. */
  readonly betweenSteps?: () => Promise<void>;
  /** Lets so many seconds pass at once, where the engine is the demo's own; elsewhere they pass by themselves. */
  readonly advanceClock?: (seconds: number) => Promise<void>;
  /** Starts the order API, which announces what it stores to this topic. Where given, the demo goes through it. */
  readonly startApi?: (topicArn: string) => Promise<DemoApi>;
}

/** A running order API. */
export interface DemoApi {
  readonly url: string;
  /** Publishes what is due, and ends. */
  stop(): Promise<void>;
}

/** A bound by target; RabbitMQ has that of an endpoint unless it has one of its own. */
type Bounds<T> = Readonly<Record<Place['identity']['target'], T>> & { readonly rabbitmq?: T };

/** A failed expectation: the step fails, and the demo goes on to the clean-up. */
export class FailedExpectation extends Error {}

/** How long a delivery may take, in milliseconds. */
export const DELIVERY_TIMEOUT_MS = 30_000;
/** To read a step's headline. */
const READING_TIME_MS = { normal: 1_500, fast: 0 } as const;

/** What the steps of one demo share. */
export class DemoStage {
  readonly options: DemoOptions;
  readonly ledger: DemoLedger;
  /** The consumers that run, and the signal that ends them. */
  readonly consumers: Promise<unknown>[] = [];
  readonly curtain = new AbortController();
  /** The event that one handler fails on; undefined while it fails on none. */
  poison: string | undefined;
  /** Deliveries that were lost on purpose. */
  lost = 0;
  /** Invocations that logs have told the end of. */
  invocations = 0;
  /** What functions failed with, in the order of their logs. */
  readonly functionErrors: { readonly subscriber: string; readonly text: string }[] = [];
  /** The API from its start on, in a demo that goes through it. */
  api: DemoApi | undefined;
  private report: TopologyReport | undefined;
  private readonly topics = new Map<string, Promise<MessageTopic>>();
  /** Events that the order API is to make, which chooses their ids. */
  private readonly requested: ScenarioRequest['event'][] = [];

  constructor(options: DemoOptions) {
    this.options = options;
    this.ledger = new DemoLedger(options.stop);
  }

  /** Takes note of what was set up. */
  furnish(report: TopologyReport): void {
    this.report = report;
  }

  /** Where to run on SNS and SQS; only acts that are played nowhere else ask for it. */
  get place(): Place {
    const { transport, topology } = this.options;
    if (transport.aws === undefined) throw new Error('this act is played on SNS and SQS alone');
    return { ...transport.aws, topology };
  }

  /** What the ledger knows a message by: its id, or what is told of the event that a request makes. */
  keyOf(message: EventMessage): string {
    const data = messageData(message) as Readonly<Record<string, unknown>>;
    const made = this.requested.find(
      ({ type, fields }) =>
        type === message.type &&
        Object.entries(fields).every(([name, value]) => data[name] === value),
    );
    return made === undefined ? message.id : requestKey(made);
  }

  /** The names of all subscribers, or of all but one. */
  subscribers(except?: string): string[] {
    const { subscribers } = this.options.topology;
    return subscribers.map(({ name }) => name).filter((name) => name !== except);
  }

  spec(name: string): SubscriberSpec {
    const found = this.options.topology.subscribers.find((each) => each.name === name);
    if (!found) throw new Error(`the topology has no subscriber ${name}`);
    return found;
  }

  /** The topic that an event goes to. */
  topicOf(event: Pick<ScenarioEvent, 'topic'>): TopicSpec {
    const { topology } = this.options;
    return topicByKey(topology, topicKeyOf(topology, event));
  }

  /** What an event is published to: a topic's ARN, or an exchange. */
  addressOf(event: Pick<ScenarioEvent, 'topic'>): string {
    const spec = this.topicOf(event);
    const found = this.report?.topics.find(({ key }) => key === spec.key);
    return found?.arn ?? this.options.transport.addressOf(spec);
  }

  /** A subscriber's queue, to consume from. @throws AppError `QueueNotFound`. */
  async messageQueue(spec: SubscriberSpec): Promise<MessageQueue> {
    return (await this.options.transport.findQueue(spec)) ?? gone(spec.queue);
  }

  /** A queue to look into, as it is at this moment. @throws AppError `QueueNotFound`. */
  async stored(name: string): Promise<FoundStored> {
    return (await this.options.transport.findStored(name)) ?? gone(name);
  }

  /**
   * Publishes an event and waits until the subscribers that should have it, have.
   * @param except whom nobody expects to get it.
   */
  async announce(event: ScenarioEvent, except?: string): Promise<DemoMessage> {
    const { message, expectedBy } = await this.publish(event, except);
    await this.arrival(message.id, event, expectedBy);
    return message;
  }

  /**
   * Publishes an event, and counts it among those that its subscribers are expected to get.
   * @param beforeSent told its id.
   */
  async publish(
    event: ScenarioEvent,
    except?: string,
    beforeSent: (id: string) => void = () => {},
  ): Promise<{ readonly message: DemoMessage; readonly expectedBy: readonly string[] }> {
    const { topology } = this.options;
    const message = messageOf(event);
    const all = recipients(topology, event);
    const expectedBy = all.filter((name) => name !== except);
    const filtered = this.subscribers().filter((name) => !all.includes(name));
    this.tell({ kind: 'published', ...event, filtered });
    // Before it is sent: the subscribers may be faster than the answer.
    for (const name of expectedBy) this.ledger.expect(name, message.id);
    beforeSent(message.id);
    const topic = await this.topicAt(this.addressOf(event));
    const publisher = createTopicPublisher({ topic, writer: demoMessages });
    const report = await publisher.publish([{ event: message }]);
    if (report.fatal) throw report.fatal;
    if (report.published !== 1) throw new FailedExpectation('the event was not published');
    return { message, expectedBy };
  }

  private topicAt(address: string): Promise<MessageTopic> {
    const known = this.topics.get(address) ?? this.options.transport.topic(address);
    this.topics.set(address, known);
    return known;
  }

  /** Takes note of the event that a request makes, and counts it among the expected ones. @returns its key. */
  expectFromApi(event: ScenarioRequest['event']): string {
    this.requested.push(event);
    const key = requestKey(event);
    for (const name of this.subscribers()) this.ledger.expect(name, key);
    return key;
  }

  /** @throws FailedExpectation when one of them doesn't get the event in time. */
  async arrival(
    key: string,
    event: Pick<ScenarioEvent, 'type' | 'fields'>,
    expectedBy: readonly string[],
  ): Promise<void> {
    const missing = (): string[] => expectedBy.filter((name) => !this.ledger.has(name, key));
    const arrived = await this.ledger.waitFor(() => missing().length === 0, DELIVERY_TIMEOUT_MS);
    if (arrived) return;
    const seconds = DELIVERY_TIMEOUT_MS / 1000;
    throw new FailedExpectation(
      `${eventLabel(event)} did not reach ${missing().join(' and ')} within ${seconds} s`,
    );
  }

  /** The bound that goes with the target: engine and broker answer at once, AWS takes its time. */
  bound<T>(bounds: Bounds<T>): T {
    return bounds[this.options.transport.identity.target] ?? bounds.endpoint;
  }

  /** Leaves time to read, and less of it between the parts of one step. */
  async readingTime(part = 1): Promise<void> {
    await this.pause(READING_TIME_MS[this.options.pace] * part);
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

/** @throws AppError `QueueNotFound` */
export function gone(name: string): never {
  throw new AppError({ code: 'QueueNotFound', message: `Queue ${name} is gone.` });
}

function requestKey({ type, fields }: ScenarioRequest['event']): string {
  return `${type} ${JSON.stringify(fields)}`;
}
