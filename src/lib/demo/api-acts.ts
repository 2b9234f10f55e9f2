import type { EventType, OrderStatus } from '../events/order-event.ts';
import { type OrderFacts, SAMPLE_ORDERS } from '../events/sample-orders.ts';
import { type DemoStage, Disappointment } from './stage.ts';

/** Milliseconds that an answer of the API may take. */
const ANSWER_TIMEOUT = 15_000;

/** Starts the order API. */
export async function serve(stage: DemoStage): Promise<void> {
  stage.api = await stage.options.startApi?.(stage.topicArn);
  if (stage.api) stage.tell({ kind: 'serving', url: stage.api.url });
}

/** Creates the sample orders over HTTP; each has to reach every subscriber. @throws Disappointment */
export async function createOverHttp(stage: DemoStage): Promise<void> {
  for (const order of SAMPLE_ORDERS) {
    const body = `{"order":{"user_id":${order.user_id},"total":${order.total},"status":"pending"}}`;
    const request = { method: 'POST', path: '/orders', body, expected: 201 };
    await through(stage, request, order, 'order.created', 'pending');
  }
}

/** Confirms the sample orders over HTTP; each change has to reach every subscriber. @throws Disappointment */
export async function confirmOverHttp(stage: DemoStage): Promise<void> {
  for (const order of SAMPLE_ORDERS) {
    const path = `/orders/${order.order_id}`;
    const request = {
      method: 'PATCH',
      path,
      body: '{"order":{"status":"confirmed"}}',
      expected: 200,
    };
    await through(stage, request, order, 'order.updated', 'confirmed');
  }
}

interface DemoRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** The answer's HTTP status. */
  readonly expected: number;
}

async function through(
  stage: DemoStage,
  request: DemoRequest,
  { order_id, total }: OrderFacts,
  event_type: EventType,
  status: OrderStatus,
): Promise<void> {
  const { method, path } = request;
  const event = { event_id: '', event_type, order_id };
  // Before the request: the subscribers may be faster than the answer.
  for (const name of stage.subscribers()) stage.ledger.expect(name, stage.keyOf(event));
  stage.tell({ kind: 'requested', method, path, orderId: order_id, total, status });
  const answer = await ask(stage, request);
  if (answer.id !== order_id) {
    throw new Disappointment(`${method} ${path} gave order ${answer.id}, not ${order_id}`);
  }
  await stage.arrival(event, stage.subscribers());
  await stage.readingTime(1 / 3);
}

/** Sends one request. @throws Disappointment for any other answer than the expected one. */
async function ask(stage: DemoStage, request: DemoRequest): Promise<{ id: unknown }> {
  const { method, path, body, expected } = request;
  let status: number;
  let text: string;
  try {
    const answer = await fetch(new URL(path, stage.api?.url), {
      method,
      body,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT),
    });
    status = answer.status;
    text = await answer.text();
  } catch (error) {
    throw new Disappointment(`${method} ${path} got no answer: ${(error as Error).message}`);
  }
  if (status !== expected) {
    throw new Disappointment(
      `${method} ${path} was answered with ${status}: ${text.slice(0, 200)}`,
    );
  }
  return JSON.parse(text) as { id: unknown };
}
