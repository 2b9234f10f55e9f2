import { redrive } from '../dead-letters/redrive.ts';
import type { Diagnosis } from '../diagnose/doctor/diagnose.ts';
import type { Breakage } from './breakage/breakage.ts';
import { eventLabel, type Scenario } from './scenario.ts';
import { DELIVERY_TIMEOUT_MS, type DemoStage, FailedExpectation } from './stage.ts';

type Broken = NonNullable<Scenario['broken']>;
type Poisoned = NonNullable<Scenario['poisoned']>;

/** How long silence has to last to count, once the other subscribers have the event; in milliseconds. */
const SILENCE_MS = { local: 400, endpoint: 1_500, aws: 4_000, rabbitmq: 400 } as const;
/**
 * Events published at the most until a change shows, with as long between them as silence has to last: on AWS a change
 * of policy needs up to 60 s to hold (`SetQueueAttributes`); RabbitMQ has changed a binding when it answers.
 */
const CHANGE_ATTEMPTS = { local: 1, endpoint: 2, aws: 20, rabbitmq: 1 } as const;
/** Milliseconds between looks at the dead-letter queue. */
const DLQ_POLL_MS = { local: 50, endpoint: 200, aws: 1_000, rabbitmq: 50 } as const;

/** Breaks the way from a topic to a subscriber, shows the silence, and what doctor says. */
export async function breakWay(
  stage: DemoStage,
  { subscriber, lost }: Broken,
  breakage: Breakage,
  stateDir: string,
): Promise<void> {
  const spec = stage.spec(subscriber);
  await breakage.cut(stage, spec, stage.topicOf(lost));
  for (let attempt = 0; attempt < stage.bound(CHANGE_ATTEMPTS); attempt++) {
    const { id } = await stage.announce(lost, subscriber);
    if (!(await reaches(stage, subscriber, id, stage.bound(SILENCE_MS)))) {
      stage.lost++;
      stage.tell({ kind: 'silent', subscriber, event: eventLabel(lost) });
      showFindings(stage, await breakage.diagnose(stage, spec, stateDir));
      return;
    }
    await stage.pause(stage.bound(SILENCE_MS));
  }
  throw new FailedExpectation(`${subscriber} still got the event: ${breakage.ineffective}`);
}

/** What doctor says about a subscriber. @throws FailedExpectation where it finds nothing. */
function showFindings(stage: DemoStage, { checks }: Diagnosis): void {
  const findings = checks.filter(({ verdict }) => verdict === 'fail');
  for (const { id, subject, evidence } of findings) {
    stage.tell({ kind: 'diagnosed', subject: `${subject} ${id}`, evidence });
  }
  if (findings.length === 0) throw new FailedExpectation('doctor found nothing');
}

/** Mends the way as setup does. What was lost stays lost; what comes now arrives. */
export async function recover(
  stage: DemoStage,
  { subscriber, found }: Broken,
  breakage: Breakage,
): Promise<void> {
  const { transport, topology, stop } = stage.options;
  await (await transport.planSetup(topology)).setUp({ stop });
  stage.tell(breakage.mended(stage.spec(subscriber).queue));
  const patience = stage.bound({
    ...SILENCE_MS,
    local: DELIVERY_TIMEOUT_MS,
    rabbitmq: DELIVERY_TIMEOUT_MS,
  });
  for (let attempt = 0; attempt < stage.bound(CHANGE_ATTEMPTS); attempt++) {
    const { id } = await stage.announce(found, subscriber);
    if (await reaches(stage, subscriber, id, patience)) return;
  }
  throw new FailedExpectation(
    `${subscriber} stayed silent after its ${breakage.part} was put back`,
  );
}

/** Whether an event reaches a subscriber in time; where it does, it counts among the expected ones. */
async function reaches(
  stage: DemoStage,
  subscriber: string,
  id: string,
  timeout: number,
): Promise<boolean> {
  const reached = await stage.ledger.waitFor(() => stage.ledger.has(subscriber, id), timeout);
  if (reached) stage.ledger.expect(subscriber, id);
  return reached;
}

/** Lets a handler fail until its event lies in the dead-letter queue. */
export async function poison(stage: DemoStage, { subscriber, event }: Poisoned): Promise<void> {
  const { message, expectedBy } = await stage.publish(event, undefined, (id) => {
    stage.poison = id;
  });
  const others = expectedBy.filter((name) => name !== subscriber);
  await stage.arrival(message.id, event, others);
  const { dlq = '' } = stage.spec(subscriber);
  const { queue } = await stage.stored(dlq);
  const deadline = Date.now() + DELIVERY_TIMEOUT_MS * 3;
  while ((await queue.depth()).visible === 0) {
    if (Date.now() > deadline) throw new FailedExpectation(`nothing came to ${dlq}`);
    await stage.pause(stage.bound(DLQ_POLL_MS));
  }
  stage.tell({ kind: 'deadLettered', dlq });
}

/** Mends the handler, and sends the dead letter back to where it came from. */
export async function sendBack(stage: DemoStage, { subscriber }: Poisoned): Promise<void> {
  const poisoned = stage.poison ?? '';
  stage.poison = undefined;
  await redriveAll(stage, subscriber);
  const handled = await stage.ledger.waitFor(
    () => stage.ledger.has(subscriber, poisoned),
    DELIVERY_TIMEOUT_MS,
  );
  if (!handled) throw new FailedExpectation(`${subscriber} did not handle what was sent back`);
}

/**
 * Sends a subscriber's dead letters back to its queue.
 * @throws FailedExpectation where there was none to send, or the error that stopped it.
 */
export async function redriveAll(stage: DemoStage, subscriber: string): Promise<void> {
  const { queue, dlq = '' } = stage.spec(subscriber);
  const { moved, fatal } = await redrive({
    dlq: (await stage.stored(dlq)).queue,
    queue: (await stage.stored(queue)).queue,
    signal: stage.options.stop,
  });
  if (fatal) throw fatal;
  if (moved === 0) throw new FailedExpectation(`nothing could be sent back from ${dlq}`);
  stage.tell({ kind: 'redriven', dlq, queue });
}
