import { usageError } from '../rules/errors.ts';
import { remove } from './acts.ts';
import type { DemoResult } from './demo-event.ts';
import { type DemoOptions, DemoStage, FailedExpectation } from './stage.ts';
import type { Step } from './step.ts';
import { CLEANUP, cleanupStep, stepsOf } from './steps.ts';

export type { DemoApi, DemoOptions, Pace, Reaction } from './stage.ts';

type StepResult = DemoResult['steps'][number];

/**
 * Runs the demo from set-up to clean-up. A failed expectation fails its step and leaves out those that build on it; what
 * was made is removed however it ends.
 *
 * @param stateDir where consumers of this machine keep why they failed.
 * @throws AppError `NamesTaken` (exit 2) when something of these names exists already, `NotOnRabbitMq` (exit 2) for a
 * topology that can't be there, `Interrupted` (exit 130), or what a call failed with.
 */
export async function runDemo(options: DemoOptions, stateDir: string): Promise<DemoResult> {
  await assertUnused(options);
  // What a broker can't do is refused before anything is told.
  if (options.transport.broker) await options.transport.planSetup(options.topology);
  const started = performance.now();
  const stage = new DemoStage(options);
  const results: StepResult[] = [];
  const steps = stepsOf(options, stateDir);
  const all = steps.length + (options.keep ? 0 : 1);
  const perform = (step: Step, number: number) =>
    runStep(stage, step, { number, of: all, results });
  stage.tell({ kind: 'opening', viaApi: options.startApi !== undefined });
  let completed = false;
  let closed: PromiseSettledResult<void>[] = [];
  try {
    for (const [index, step] of steps.entries()) {
      if (index > 0) await options.betweenSteps?.();
      if (!(await perform(step, index + 1))) break;
    }
    if (!options.keep) await options.betweenSteps?.();
    completed = true;
  } finally {
    // Whatever that fails with, what was made has to go.
    closed = await Promise.allSettled([stage.api?.stop()]);
    stage.curtain.abort();
    await Promise.allSettled(stage.consumers);
    if (!options.keep || !completed) {
      await perform({ ...cleanupStep(options), run: remove }, steps.length + 1);
    }
  }
  for (const end of closed) if (end.status === 'rejected') throw end.reason;
  const counts = stage.subscribers().map((name) => stage.ledger.count(name));
  return {
    ok: results.every(({ ok }) => ok),
    steps: results,
    events: {
      expected: counts.reduce((sum, { expected }) => sum + expected, 0),
      received: counts.reduce((sum, { received }) => sum + received, 0),
      lost: stage.lost,
    },
    ms: Math.round(performance.now() - started),
  };
}

/** Whatever has these names already is somebody's, and the clean-up would take it. */
async function assertUnused({ transport, topology }: DemoOptions): Promise<void> {
  const { ours, foreign } = await transport.findRemains(topology, { includeUntagged: true });
  const [taken] = [...ours, ...foreign];
  if (!taken) return;
  throw usageError(
    `The demo needs names of its own, and ${taken.type} "${taken.name}" exists already.`,
    'Use another --prefix, or leave it out.',
    'NamesTaken',
  );
}

/** Runs one step. @returns whether the next one can build on it. */
async function runStep(
  stage: DemoStage,
  { name, title, why, run }: Step,
  { number, of, results }: { number: number; of: number; results: StepResult[] },
): Promise<boolean> {
  stage.tell({ kind: 'step', number, of, title, why });
  const started = performance.now();
  let ok = false;
  let reason: string | undefined;
  try {
    await run(stage);
    ok = true;
  } catch (error) {
    if (!(error instanceof FailedExpectation)) throw error;
    reason = error.message;
  } finally {
    const ms = Math.round(performance.now() - started);
    results.push({ name, ok, ms });
    stage.tell({ kind: 'stepDone', ok, reason });
  }
  if (name !== CLEANUP) await stage.readingTime();
  return ok;
}
