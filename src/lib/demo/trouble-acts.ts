import { getQueueAttributes, setQueueAttributes } from '../aws/queues.ts';
import { sqsStoredQueue } from '../aws/stored-queue.ts';
import { redrive } from '../dead-letters/redrive.ts';
import { diagnose } from '../diagnose/doctor/diagnose.ts';
import { removeStatement } from '../rules/policy/document.ts';
import { planSetup, setUp } from '../topology/setup.ts';
import { eventLabel, type Scenario } from './scenario.ts';
import { DELIVERY_TIMEOUT_MS, type DemoStage, FailedExpectation } from './stage.ts';

type Broken = NonNullable<Scenario['broken']>;
type Poisoned = NonNullable<Scenario['poisoned']>;

/** How long silence has to last to count, once the other subscribers have the event; in milliseconds. */
const SILENCE_MS = { local: 400, endpoint: 1_500, aws: 4_000 } as const;
/**
 * Events published at the most until a change of policy shows, with as long between them as silence has to last: on AWS
 * a change needs up to 60 s to hold (`SetQueueAttributes`).
 */
const POLICY_ATTEMPTS = { local: 1, endpoint: 2, aws: 20 } as const;
/** Milliseconds between looks at the dead-letter queue. */
const DLQ_POLL_MS = { local: 50, endpoint: 200, aws: 1_000 } as const;

/** Takes the statement out of a queue's policy that lets the topic write, shows the silence, and what doctor says. */
export async function breakPolicy(
  stage: DemoStage,
  { subscriber, lost }: Broken,
  stateDir: string,
): Promise<void> {
  const { place } = stage.options;
  const { queue } = stage.spec(subscriber);
  const { url } = stage.queue(queue);
  const attributes = await getQueueAttributes(place.aws, url, ['Policy']);
  const { text } = removeStatement(attributes?.Policy, `pubsub-${stage.topicOf(lost).name}`);
  await setQueueAttributes(place.aws, url, { Policy: text ?? '' });
  stage.tell({ kind: 'policyRemoved', queue });
  for (let attempt = 0; attempt < stage.bound(POLICY_ATTEMPTS); attempt++) {
    const { id } = await stage.announce(lost, subscriber);
    if (!(await reaches(stage, subscriber, id, stage.bound(SILENCE_MS)))) {
      stage.lost++;
      stage.tell({ kind: 'silent', subscriber, event: eventLabel(lost) });
      await showFindings(stage, subscriber, stateDir);
      return;
    }
    await stage.pause(stage.bound(SILENCE_MS));
  }
  throw new FailedExpectation(
    `${subscriber} still got the event: this endpoint does not enforce queue policies`,
  );
}

/** What doctor says about a subscriber. @throws FailedExpectation where it finds nothing. */
async function showFindings(stage: DemoStage, name: string, stateDir: string): Promise<void> {
  const { place } = stage.options;
  const subscribers = [stage.spec(name)];
  const look = { ...place, topology: { ...place.topology, subscribers } };
  const { found } = await diagnose({ place: look, stateDir });
  const findings = found.checks.filter(({ verdict }) => verdict === 'fail');
  for (const { id, subject, evidence } of findings) {
    stage.tell({ kind: 'diagnosed', subject: `${subject} ${id}`, evidence });
  }
  if (findings.length === 0) throw new FailedExpectation('doctor found nothing');
}

/** Puts the policy back. What was lost stays lost; what comes now arrives. */
export async function recover(stage: DemoStage, { subscriber, found }: Broken): Promise<void> {
  const { place, stop } = stage.options;
  await setUp(place, await planSetup(place), { stop });
  stage.tell({ kind: 'policyRestored', queue: stage.spec(subscriber).queue });
  const patience = stage.bound({ ...SILENCE_MS, local: DELIVERY_TIMEOUT_MS });
  for (let attempt = 0; attempt < stage.bound(POLICY_ATTEMPTS); attempt++) {
    const { id } = await stage.announce(found, subscriber);
    if (await reaches(stage, subscriber, id, patience)) return;
  }
  throw new FailedExpectation(`${subscriber} stayed silent after its policy was put back`);
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
  const { url } = stage.queue(dlq);
  const deadline = Date.now() + DELIVERY_TIMEOUT_MS * 3;
  while ((await depth(stage, url)) === 0) {
    if (Date.now() > deadline) throw new FailedExpectation(`nothing came to ${dlq}`);
    await stage.pause(stage.bound(DLQ_POLL_MS));
  }
  stage.tell({ kind: 'deadLettered', dlq });
}

async function depth(stage: DemoStage, url: string): Promise<number> {
  const name = 'ApproximateNumberOfMessages';
  const attributes = await getQueueAttributes(stage.options.place.aws, url, [name]);
  return Number(attributes?.[name] ?? 0);
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
  const { place, stop } = stage.options;
  const { queue, dlq = '' } = stage.spec(subscriber);
  const { moved, fatal } = await redrive({
    dlq: sqsStoredQueue(place.aws, stage.queue(dlq).url),
    queue: sqsStoredQueue(place.aws, stage.queue(queue).url),
    signal: stop,
  });
  if (fatal) throw fatal;
  if (moved === 0) throw new FailedExpectation(`nothing could be sent back from ${dlq}`);
  stage.tell({ kind: 'redriven', dlq, queue });
}
