import { getQueueAttributes, setQueueAttributes } from '../aws/queues.ts';
import type { HandlerContext } from '../consume/consumed.ts';
import { consume } from '../consume/consumer.ts';
import type { ModuleHandler } from '../consume/handlers/module-handler.ts';
import { loadTopologyHandler, shownLines } from '../consume/handlers/topology-handler.ts';
import { redrive } from '../dead-letters/redrive.ts';
import type { EventMessage } from '../events/message.ts';
import type { EventType, OrderEvent, OrderStatus } from '../events/order-event.ts';
import { createOrderEvent, type OrderFacts, SAMPLE_ORDERS } from '../events/sample-orders.ts';
import { removeStatement } from '../rules/policy/document.ts';
import { cleanUp } from '../topology/cleanup.ts';
import { findRemains } from '../topology/remains.ts';
import { planSetup, setUp } from '../topology/setup.ts';
import { confirmOverHttp, createOverHttp, serve } from './api-acts.ts';
import type { DemoStep } from './demo-event.ts';
import { interrupted } from './ledger.ts';
import { type AnnouncedEvent, type DemoStage, Disappointment, PATIENCE } from './stage.ts';

/** What happens in each step. @throws Disappointment for an expectation that failed. */
export const ACTS: Readonly<Record<DemoStep, (stage: DemoStage) => Promise<void>>> = {
  setup: provision,
  subscribe,
  serve,
  create: (stage) =>
    stage.api ? createOverHttp(stage) : announceAll(stage, 'order.created', 'pending'),
  confirm: (stage) =>
    stage.api ? confirmOverHttp(stage) : announceAll(stage, 'order.updated', 'confirmed'),
  break: breakPolicy,
  recover,
  poison,
  redrive: sendBack,
  verify,
  cleanup: remove,
};

/** The subscriber whose queue policy is taken away. */
const SILENCED = 'inventory';
/** The subscriber whose handler fails. */
const POISONED = 'email';
/** What the failing handler says. */
const POISON_REASON = 'mail server refuses the address';
/** How long silence has to last to count, once the other subscribers have the event; in milliseconds. */
const SILENCE = { local: 400, endpoint: 1_500, aws: 4_000 } as const;
/**
 * Events published at the most until a change of policy shows, with as long between them as silence has to last: on AWS
 * a change needs up to 60 s to hold (`SetQueueAttributes`).
 */
const POLICY_ATTEMPTS = { local: 1, endpoint: 2, aws: 20 } as const;
/** Milliseconds between looks at the dead-letter queue. */
const DLQ_POLL = { local: 50, endpoint: 200, aws: 1_000 } as const;

async function provision(stage: DemoStage): Promise<void> {
  const { place, stop } = stage.options;
  const plan = await planSetup(place);
  const result = await setUp(place, plan, { stop });
  if (result.interrupted) throw interrupted();
  stage.furnish(result.observed);
  const counts: Record<string, number> = {};
  for (const { type } of plan.changes) counts[type] = (counts[type] ?? 0) + 1;
  stage.tell({ kind: 'provisioned', counts });
}

async function subscribe(stage: DemoStage): Promise<void> {
  const { place } = stage.options;
  for (const { name: subscriber, queue } of place.topology.subscribers) {
    const reaction = await loadTopologyHandler(place.topology, subscriber);
    stage.consumers.push(
      consume({
        aws: place.aws,
        queueUrl: stage.queue(queue).url,
        subscriber,
        signal: stage.curtain.signal,
        retryDelay: 0,
        handler: async (event, context) => {
          await react(stage, reaction, event, context);
        },
        onMessage: ({ event, outcome, receiveCount, reason = '' }) => {
          if (!event || outcome !== 'failed') return;
          const orderId = orderOf(event).order_id;
          stage.tell({ kind: 'handlerFailed', subscriber, orderId, receiveCount, reason });
        },
      }),
    );
    stage.tell({ kind: 'listening', subscriber, queue });
  }
}

async function react(
  stage: DemoStage,
  reaction: ModuleHandler | undefined,
  event: EventMessage,
  context: HandlerContext,
): Promise<void> {
  const { subscriber } = context;
  if (subscriber === POISONED && event.id === stage.poison) throw new Error(POISON_REASON);
  const lines = shownLines(await reaction?.(event.value, context));
  stage.tell({ kind: 'reaction', subscriber, lines });
  stage.ledger.receive(subscriber, stage.keyOf(orderOf(event)));
}

/** What the demo published, received: it sends nothing else. */
function orderOf({ value }: EventMessage): AnnouncedEvent {
  return value as AnnouncedEvent;
}

async function announceAll(
  stage: DemoStage,
  eventType: EventType,
  status: OrderStatus,
): Promise<void> {
  for (const order of SAMPLE_ORDERS) {
    await stage.announce(eventType, order, status, stage.subscribers());
    await stage.readingTime(1 / 3);
  }
}

async function breakPolicy(stage: DemoStage): Promise<void> {
  const { place } = stage.options;
  const { queue } = stage.spec(SILENCED);
  const { url } = stage.queue(queue);
  const attributes = await getQueueAttributes(place.aws, url, ['Policy']);
  const { text } = removeStatement(attributes?.Policy, `pubsub-${stage.topic.name}`);
  await setQueueAttributes(place.aws, url, { Policy: text ?? '' });
  stage.tell({ kind: 'policyRemoved', queue });
  for (let attempt = 0; attempt < stage.bound(POLICY_ATTEMPTS); attempt++) {
    const event = await stage.announce(
      'order.updated',
      sample(1),
      'shipped',
      stage.subscribers(SILENCED),
    );
    if (!(await reaches(stage, SILENCED, event, stage.bound(SILENCE)))) {
      stage.tell({ kind: 'silent', subscriber: SILENCED, orderId: event.order_id });
      return;
    }
    await stage.pause(stage.bound(SILENCE));
  }
  throw new Disappointment(
    `${SILENCED} still got the event: this endpoint does not enforce queue policies`,
  );
}

async function recover(stage: DemoStage): Promise<void> {
  const { place, stop } = stage.options;
  await setUp(place, await planSetup(place), { stop });
  stage.tell({ kind: 'policyRestored', queue: stage.spec(SILENCED).queue });
  const patience = stage.bound({ ...SILENCE, local: PATIENCE });
  for (let attempt = 0; attempt < stage.bound(POLICY_ATTEMPTS); attempt++) {
    const event = await stage.announce(
      'order.updated',
      sample(0),
      'shipped',
      stage.subscribers(SILENCED),
    );
    if (await reaches(stage, SILENCED, event, patience)) return;
  }
  throw new Disappointment(`${SILENCED} stayed silent after its policy was put back`);
}

/** Whether an event reaches a subscriber in time; where it does, it counts among the expected ones. */
async function reaches(
  stage: DemoStage,
  subscriber: string,
  { event_id: id }: OrderEvent,
  timeout: number,
): Promise<boolean> {
  const reached = await stage.ledger.waitFor(() => stage.ledger.has(subscriber, id), timeout);
  if (reached) stage.ledger.expect(subscriber, id);
  return reached;
}

async function poison(stage: DemoStage): Promise<void> {
  const event = createOrderEvent('order.updated', { ...sample(2), status: 'cancelled' });
  stage.poison = event.event_id;
  for (const name of stage.subscribers()) stage.ledger.expect(name, event.event_id);
  await stage.publish(event);
  await stage.arrival(event, stage.subscribers(POISONED));
  const { dlq = '' } = stage.spec(POISONED);
  const { url } = stage.queue(dlq);
  const deadline = Date.now() + PATIENCE * 3;
  while ((await depth(stage, url)) === 0) {
    if (Date.now() > deadline) throw new Disappointment(`nothing came to ${dlq}`);
    await stage.pause(stage.bound(DLQ_POLL));
  }
  stage.tell({ kind: 'deadLettered', dlq });
}

async function depth(stage: DemoStage, url: string): Promise<number> {
  const name = 'ApproximateNumberOfMessages';
  const attributes = await getQueueAttributes(stage.options.place.aws, url, [name]);
  return Number(attributes?.[name] ?? 0);
}

async function sendBack(stage: DemoStage): Promise<void> {
  const { place, stop } = stage.options;
  const { queue, dlq = '' } = stage.spec(POISONED);
  const poisoned = stage.poison ?? '';
  stage.poison = undefined;
  const { moved, fatal } = await redrive({
    aws: place.aws,
    dlqUrl: stage.queue(dlq).url,
    queueUrl: stage.queue(queue).url,
    signal: stop,
  });
  if (fatal) throw fatal;
  if (moved === 0) throw new Disappointment(`nothing could be sent back from ${dlq}`);
  stage.tell({ kind: 'redriven', dlq, queue });
  const handled = await stage.ledger.waitFor(() => stage.ledger.has(POISONED, poisoned), PATIENCE);
  if (!handled) throw new Disappointment(`${POISONED} did not handle what was sent back`);
}

async function verify(stage: DemoStage): Promise<void> {
  let complete = true;
  for (const subscriber of stage.subscribers()) {
    const counts = stage.ledger.count(subscriber);
    stage.tell({ kind: 'counted', subscriber, ...counts });
    complete &&= counts.received === counts.expected;
  }
  if (!complete) throw new Disappointment('not every expected event reached its subscriber');
}

/** Runs also after Ctrl-C, so it heeds no stop. */
async function remove(stage: DemoStage): Promise<void> {
  const { place } = stage.options;
  const found = await findRemains(place, { includeUntagged: false });
  const { deleted, verified } = await cleanUp(place, found, { includeUntagged: false });
  stage.tell({ kind: 'removed', deleted: deleted.length, verified });
  if (!verified) throw new Disappointment('something is left');
}

function sample(index: number): OrderFacts {
  return SAMPLE_ORDERS[index] ?? SAMPLE_ORDERS[0];
}
