import { usageError } from '../rules/errors.ts';
import type { Place } from '../topology/inspect.ts';
import { findRemains } from '../topology/remains.ts';
import { ACTS } from './acts.ts';
import { DEMO_STEPS, type DemoResult, type DemoStep, VIA_API_STEPS } from './demo-event.ts';
import { type DemoOptions, DemoStage, Disappointment } from './stage.ts';

export type { DemoApi, DemoOptions, Pace } from './stage.ts';

type StepResult = DemoResult['steps'][number];

/**
 * Runs the demo from set-up to clean-up. A failed expectation fails its step and leaves out those that build on it; what
 * was made is removed however it ends.
 *
 * @throws AppError `NamesTaken` (exit 2) when something of these names exists already, `Interrupted` (exit 130), or
 * what a call failed with.
 */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  await assertUnused(options.place);
  const stage = new DemoStage(options);
  const steps: StepResult[] = [];
  const viaApi = options.startApi !== undefined;
  stage.tell({ kind: 'opening', topic: stage.topic.name, viaApi });
  let completed = false;
  let closed: PromiseSettledResult<void>[] = [];
  try {
    for (const step of stepsOf(options)) {
      if (step !== 'cleanup' && !(await perform(stage, step, steps))) break;
    }
    completed = true;
  } finally {
    // Whatever that fails with, what was made has to go.
    closed = await Promise.allSettled([stage.api?.stop()]);
    stage.curtain.abort();
    await Promise.allSettled(stage.consumers);
    if (!options.keep || !completed) await perform(stage, 'cleanup', steps);
  }
  for (const end of closed) if (end.status === 'rejected') throw end.reason;
  const counts = stage.subscribers().map((name) => stage.ledger.count(name));
  return {
    ok: steps.every(({ ok }) => ok),
    steps,
    events: {
      expected: counts.reduce((sum, { expected }) => sum + expected, 0),
      received: counts.reduce((sum, { received }) => sum + received, 0),
    },
  };
}

function stepsOf({ startApi }: DemoOptions): readonly DemoStep[] {
  return startApi ? VIA_API_STEPS : DEMO_STEPS;
}

/** Whatever has these names already is somebody's, and the clean-up would take it. */
async function assertUnused(place: Place): Promise<void> {
  const { ours, foreign } = await findRemains(place, { includeUntagged: true });
  const [taken] = [...ours, ...foreign];
  if (!taken) return;
  throw usageError(
    `The demo needs names of its own, and ${taken.type} "${taken.name}" exists already.`,
    'Use another --prefix, or leave it out.',
    'NamesTaken',
  );
}

/** Runs one step. @returns whether the next one can build on it. */
async function perform(stage: DemoStage, step: DemoStep, steps: StepResult[]): Promise<boolean> {
  const all = stepsOf(stage.options);
  const of = all.length - (stage.options.keep ? 1 : 0);
  const viaApi = stage.options.startApi !== undefined;
  stage.tell({ kind: 'step', step, number: all.indexOf(step) + 1, of, viaApi });
  const started = performance.now();
  let ok = false;
  let reason: string | undefined;
  try {
    await ACTS[step](stage);
    ok = true;
  } catch (error) {
    if (!(error instanceof Disappointment)) throw error;
    reason = error.message;
  } finally {
    const ms = Math.round(performance.now() - started);
    steps.push({ name: step, ok, ms });
    stage.tell({ kind: 'stepDone', step, ok, ms, reason });
  }
  if (step !== 'cleanup') await stage.readingTime();
  return ok;
}
