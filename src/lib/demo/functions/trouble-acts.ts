import { getFunction, updateFunctionCode } from '../../aws/functions.ts';
import { functionOf } from '../../definition/find.ts';
import type { FunctionSpec } from '../../definition/topology.ts';
import { readFunctionFailures } from '../../functions/failure-in-log.ts';
import { pending } from '../../topology/plan.ts';
import { planSetup, setUp } from '../../topology/setup.ts';
import { interrupted } from '../ledger.ts';
import type { Scenario } from '../scenario.ts';
import { DELIVERY_TIMEOUT_MS, type DemoStage, FailedExpectation } from '../stage.ts';
import { redriveAll } from '../trouble-acts.ts';
import { awaitHandled, awaitLog } from './acts.ts';
import { brokenRelease } from './broken-release.ts';

type Poisoned = NonNullable<Scenario['poisoned']>;

/** Milliseconds between looks. */
const POLL_MS = { local: 50, endpoint: 500, aws: 2_000 } as const;

/** Releases code that fails, and lets an event fail until it lies in the dead-letter queue; says why it does. */
export async function poisonFunction(stage: DemoStage, poisoned: Poisoned): Promise<void> {
  const { subscriber, reason, event } = poisoned;
  const spec = stage.spec(subscriber);
  const target = targetOf(stage, poisoned);
  const broken = brokenRelease(target, reason);
  if (broken === undefined) throw new FailedExpectation(`no code for ${target.runtime}`);
  const { aws } = stage.place;
  await updateFunctionCode(aws, target.name, broken.zip);
  await codeIs(stage, target, broken.sha256);
  stage.tell({ kind: 'released', function: target.name, isBroken: true });
  const since = Date.now();
  const { message } = await stage.publish(event);
  stage.poison = message.id;
  stage.functionErrors.length = 0;
  for (let receive = 1; receive <= spec.maxReceiveCount; receive++) {
    await failures(stage, receive);
    const isLast = receive === spec.maxReceiveCount;
    const { visibilityTimeout: seconds, maxReceiveCount: of } = spec;
    const skipped = stage.options.advanceClock !== undefined;
    stage.tell({ kind: 'hidden', subscriber, receive, of, seconds, skipped, isLast });
    await stage.options.advanceClock?.(seconds);
  }
  const { dlq = '' } = spec;
  await untilDead(stage, dlq, spec.visibilityTimeout);
  stage.tell({ kind: 'deadLettered', dlq });
  await tellReason(stage, target, { dlq, since });
}

/** Waits until the function has failed so often. @throws FailedExpectation */
async function failures(stage: DemoStage, count: number): Promise<void> {
  const { visibilityTimeout } = stage.spec(stage.options.scenario.poisoned?.subscriber ?? '');
  const patience = DELIVERY_TIMEOUT_MS + visibilityTimeout * 1000;
  const failed = await stage.ledger.waitFor(() => stage.functionErrors.length >= count, patience);
  if (!failed)
    throw new FailedExpectation(`the function failed ${stage.functionErrors.length} times`);
}

async function untilDead(stage: DemoStage, dlq: string, seconds: number): Promise<void> {
  const { queue } = await stage.stored(dlq);
  const deadline = Date.now() + DELIVERY_TIMEOUT_MS + seconds * 1000;
  for (;;) {
    if ((await queue.depth()).visible > 0) return;
    if (Date.now() > deadline) throw new FailedExpectation(`nothing came to ${dlq}`);
    await stage.pause(stage.bound(POLL_MS));
  }
}

/** Why it failed, from the function's log, as `dlq show` finds it. */
async function tellReason(
  stage: DemoStage,
  { name }: FunctionSpec,
  { dlq, since }: { readonly dlq: string; readonly since: number },
): Promise<void> {
  const failures = await readFunctionFailures(stage.place.aws, name, since);
  const found = failures.last(since);
  if (found === undefined) throw new FailedExpectation(`the log of ${name} tells no reason`);
  stage.tell({ kind: 'reason', dlq, function: name, reason: found.reason });
}

/** Puts the function's own code back as setup does, sends the dead letter back, and waits until it is handled. */
export async function rollBack(stage: DemoStage, poisoned: Poisoned): Promise<void> {
  const { stop } = stage.options;
  const { place } = stage;
  const { subscriber, event } = poisoned;
  const plan = await planSetup(place);
  const drift = pending(plan.changes).flatMap(({ differences }) => differences);
  for (const { setting, from = '', to = '' } of drift) {
    stage.tell({ kind: 'drift', setting, from, to });
  }
  const { interrupted: isStopped } = await setUp(place, plan, { stop });
  if (isStopped) throw interrupted();
  stage.tell({ kind: 'released', function: targetOf(stage, poisoned).name, isBroken: false });
  const before = stage.invocations;
  await redriveAll(stage, subscriber);
  await awaitHandled(stage, subscriber, stage.poison ?? '', event);
  await awaitLog(stage, before);
}

function targetOf(stage: DemoStage, { subscriber }: Poisoned): FunctionSpec {
  const found = functionOf(stage.spec(subscriber), stage.place.topology.functions);
  if (!found) throw new Error(`no function handles the events of ${subscriber}`);
  return found;
}

async function codeIs(stage: DemoStage, { name }: FunctionSpec, sha256: string): Promise<void> {
  for (;;) {
    const found = await getFunction(stage.place.aws, name);
    if (found?.codeSha256 === sha256 && found.isReady) return;
    await stage.pause(stage.bound(POLL_MS));
  }
}
