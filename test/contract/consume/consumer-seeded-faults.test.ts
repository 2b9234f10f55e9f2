import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startEngine, type TestEngine } from '../../../src/engine.ts';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import type { EventMessage } from '../../../src/lib/events/message.ts';
import { type OrderEvent, orderIn } from '../../fixtures/orders.ts';
import { createTestQueue, orders, startConsumer, type TestQueue } from './consumer-queue.ts';

const EVENTS = 120;
const patient = { timeout: 60_000, interval: 100 };
const NOTHING = { visible: 0, inFlight: 0 };
const SEEDS = [1, 2];

let engine: TestEngine | undefined;
let aws: Aws | undefined;
afterEach(async () => {
  aws?.close();
  await engine?.stop();
});

/** An engine that shows these faults, and a client of it. */
async function startFaulty(faults: string, seed: number): Promise<{ aws: Aws }> {
  engine = await startEngine({ faults, seed });
  const settings = { endpointUrl: engine.endpoint, region: 'us-east-1' };
  aws = await createAws(await resolveSettings(settings, {}, '/'));
  return { aws };
}

/** Until it succeeds: the faults meet what the test itself asks for too, and are injected before anything is done. */
async function insist<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await sleep(10);
    }
  }
}

async function fill(faulty: { aws: Aws }, attributes?: Record<string, string>) {
  const queue = await insist(() => createTestQueue(faulty, attributes));
  const events = orders(EVENTS);
  for (let at = 0; at < EVENTS; at += 10) {
    await insist(() => queue.send(events.slice(at, at + 10), attributes && `g${(at / 10) % 4}`));
  }
  return { queue, events };
}

/** Resolves when nothing is left in the queue. */
async function untilEmpty(queue: TestQueue): Promise<void> {
  await vi.waitFor(async () => expect(await queue.depth()).toEqual(NOTHING), patient);
}

/** Whose turn fails at first, and whose takes long: the same ones in each run. */
type Ordered = Pick<OrderEvent, 'order_id'>;
const failsFirst = ({ order_id: order }: Ordered): boolean => order % 7 === 0;
const millisecondsOf = ({ order_id: order }: Ordered): number => (order % 10 === 0 ? 40 : 1);

describe.each(SEEDS)('with faults of seed %d', (seed) => {
  let done: Map<string, number>;
  let tried: Set<string>;
  beforeEach(() => {
    done = new Map();
    tried = new Set();
  });

  const handler = async (message: EventMessage): Promise<void> => {
    const event = orderIn(message);
    await sleep(millisecondsOf(event));
    const { event_id: id } = event;
    if (failsFirst(event) && !tried.has(id)) {
      tried.add(id);
      throw new Error('not yet');
    }
    done.set(id, (done.get(id) ?? 0) + 1);
  };

  it('handles every event of a standard queue once, and counts right', async () => {
    const faulty = await startFaulty(
      'latency=3ms,throttle=10%,error=5%,duplicate=20%,reorder',
      seed,
    );
    const { queue, events } = await fill(faulty);
    const consumer = startConsumer({
      aws: faulty.aws,
      queueUrl: queue.url,
      concurrency: 20,
      retryDelay: 0,
      handler,
    });
    await vi.waitFor(() => expect(done.size).toBe(EVENTS), patient);
    await untilEmpty(queue);
    const { end, outcomes, deleted, fatal } = await consumer.end();
    expect({ end, fatal }).toEqual({ end: 'stopped', fatal: undefined });
    expect([...done.keys()].sort()).toEqual(events.map(({ event_id: id }) => id).sort());
    expect([...done.values()].every((times) => times === 1)).toBe(true);
    const told = (outcome: string) =>
      consumer.messages.filter((message) => message.outcome === outcome).length;
    expect(outcomes).toEqual({
      handled: EVENTS,
      failed: events.filter(failsFirst).length,
      invalid: 0,
      timeout: 0,
      duplicate: told('duplicate'),
    });
    expect(told('handled')).toBe(EVENTS);
    expect(outcomes.duplicate).toBeGreaterThan(0);
    expect(deleted).toBe(EVENTS + outcomes.duplicate);
    expect(consumer.problems.filter(({ kind }) => kind === 'undeleted')).toEqual([]);
  });

  it('keeps the order in each group of a FIFO queue', async () => {
    const faulty = await startFaulty('latency=2ms,throttle=10%,error=5%', seed);
    const { queue, events } = await fill(faulty, { FifoQueue: 'true' });
    const consumer = startConsumer({
      aws: faulty.aws,
      queueUrl: queue.url,
      concurrency: 20,
      retryDelay: 0,
      handler,
    });
    await vi.waitFor(() => expect(done.size).toBe(EVENTS), patient);
    await untilEmpty(queue);
    expect(await consumer.end()).toMatchObject({
      end: 'stopped',
      deleted: EVENTS,
      outcomes: { handled: EVENTS, failed: events.filter(failsFirst).length },
    });
    const ids = [...done.keys()];
    for (let group = 0; group < 4; group++) {
      const own = events.filter((_, index) => Math.floor(index / 10) % 4 === group);
      const known = new Set(own.map(({ event_id: id }) => id));
      expect(ids.filter((id) => known.has(id))).toEqual([...known]);
    }
  });
});
