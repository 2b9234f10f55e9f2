import { consume } from '../consume/consumer.ts';
import type { EventMessage } from '../events/message.ts';
import { interrupted } from './ledger.ts';
import { messageLabel, type ScenarioEvent } from './scenario.ts';
import { type DemoStage, FailedExpectation, type Reaction } from './stage.ts';

/** Creates the topology. */
export async function provision(stage: DemoStage): Promise<void> {
  const { transport, topology, stop } = stage.options;
  const plan = await transport.planSetup(topology);
  const result = await plan.setUp({ stop });
  if (result.interrupted) throw interrupted();
  stage.furnish(result.report);
  const counts: Record<string, number> = {};
  for (const { type } of plan.changes) counts[type] = (counts[type] ?? 0) + 1;
  stage.tell({ kind: 'provisioned', counts });
}

/** Starts a consumer for each subscriber. */
export async function subscribe(stage: DemoStage): Promise<void> {
  const { transport, topology, reactionOf } = stage.options;
  for (const spec of topology.subscribers) {
    const { name: subscriber, queue, handler } = spec;
    if (handler !== undefined && 'function' in handler) {
      // It takes its messages itself.
      if (transport.aws) continue;
      const text = `RabbitMQ has no functions: this process takes what ${handler.function} would.`;
      stage.tell({ kind: 'remark', text });
    }
    const reaction = await reactionOf(subscriber);
    stage.consumers.push(
      consume({
        queue: await stage.messageQueue(spec),
        subscriber,
        signal: stage.curtain.signal,
        retryDelay: 0,
        handler: (message) => react(stage, subscriber, reaction, message),
        onMessage: ({ event, outcome, receiveCount, reason = '' }) => {
          if (!event || outcome !== 'failed') return;
          const label = messageLabel(event);
          stage.tell({ kind: 'handlerFailed', subscriber, event: label, receiveCount, reason });
        },
      }),
    );
    stage.tell({ kind: 'listening', subscriber, queue });
  }
}

async function react(
  stage: DemoStage,
  subscriber: string,
  reaction: Reaction,
  message: EventMessage,
): Promise<void> {
  const { poisoned } = stage.options.scenario;
  if (subscriber === poisoned?.subscriber && message.id === stage.poison) {
    throw new Error(poisoned.reason);
  }
  stage.tell({ kind: 'reaction', subscriber, lines: await reaction(message) });
  stage.ledger.receive(subscriber, stage.keyOf(message));
}

/** Publishes the events of an act, each when the one before it has arrived. */
export async function announceAll(
  stage: DemoStage,
  events: readonly ScenarioEvent[],
): Promise<void> {
  for (const event of events) {
    await stage.announce(event);
    await stage.readingTime(1 / 3);
  }
}

/** Compares what was expected with what came. */
export async function verify(stage: DemoStage): Promise<void> {
  let complete = true;
  for (const subscriber of stage.subscribers()) {
    const counts = stage.ledger.count(subscriber);
    stage.tell({ kind: 'counted', subscriber, ...counts });
    complete &&= counts.received === counts.expected && counts.unexpected === 0;
  }
  if (!complete) throw new FailedExpectation('subscribers did not get exactly the expected events');
}

/** Runs also after Ctrl-C, so it heeds no stop. */
export async function remove(stage: DemoStage): Promise<void> {
  const { transport, topology } = stage.options;
  const options = { includeUntagged: false };
  const found = await transport.findRemains(topology, options);
  const { deleted, verified } = await transport.cleanUp(topology, found, options);
  stage.tell({ kind: 'removed', deleted: deleted.length, verified });
  if (!verified) throw new FailedExpectation('something is left');
}
