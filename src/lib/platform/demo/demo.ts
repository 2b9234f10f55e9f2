import { browse, registerAndLogIn } from './account-steps.ts';
import { openBreaker, showTracesAndMetrics } from './operation-steps.ts';
import { declinePayment, killDuringSaga, placeOrder } from './order-steps.ts';
import { NoAnswer } from './shop-client.ts';
import { type DemoPlatform, FailedClaim, type PlatformDemoEvent, type Stage } from './stage.ts';

/** One step of the story. */
interface Step {
  readonly name: string;
  readonly title: string;
  run(stage: Stage): Promise<void>;
}

const STEPS: readonly Step[] = [
  { name: 'account', title: 'Register and log in', run: registerAndLogIn },
  { name: 'browse', title: 'Browse', run: browse },
  { name: 'order', title: 'Order: reserved, paid, created, told', run: placeOrder },
  { name: 'declined', title: 'A declined payment gives the stock back', run: declinePayment },
  // Before processes are killed, which take with them what they didn't export.
  { name: 'observed', title: 'Traces and metrics', run: showTracesAndMetrics },
  { name: 'killed', title: 'The order service is killed in mid-saga', run: killDuringSaga },
  { name: 'breaker', title: 'The product service goes down', run: openBreaker },
];

/** How a demo ended. */
export interface PlatformDemoResult {
  readonly ok: boolean;
  readonly steps: readonly DemoStep[];
  readonly claims: { readonly expected: number; readonly held: number };
  /** Whole milliseconds. */
  readonly ms: number;
}

interface DemoStep {
  readonly name: string;
  readonly ok: boolean;
  /** Why it failed, else null. */
  readonly reason: string | null;
  readonly ms: number;
}

/**
 * Tells the story of the shop on a platform that runs. A claim that doesn't hold ends its step and leaves out the others.
 * @param start brings the platform up, as the first step
 */
export async function runPlatformDemo(
  start: () => Promise<DemoPlatform>,
  tell: (event: PlatformDemoEvent) => void,
  signal: AbortSignal,
): Promise<PlatformDemoResult> {
  const began = performance.now();
  const of = STEPS.length + 1;
  const steps: DemoStep[] = [];
  let held = 0;
  const counting = (event: PlatformDemoEvent): void => {
    if (event.kind === 'claim') held++;
    tell(event);
  };
  const perform = async <T>(name: string, title: string, work: () => Promise<T>) => {
    signal.throwIfAborted();
    counting({ kind: 'step', number: steps.length + 1, of, title });
    const from = performance.now();
    let ok = false;
    let reason: string | null = null;
    try {
      const result = await work();
      ok = true;
      return result;
    } catch (error) {
      if (!(error instanceof FailedClaim || error instanceof NoAnswer)) throw error;
      reason = error.message;
      counting({ kind: 'failed', reason });
      return undefined;
    } finally {
      steps.push({ name, ok, reason, ms: Math.round(performance.now() - from) });
    }
  };
  const platform = await perform('start', 'Start every service', start);
  if (platform !== undefined) {
    const stage: Stage = { platform, tell: counting, token: '', adminToken: '' };
    for (const { name, title, run } of STEPS) {
      await perform(name, title, () => run(stage));
      if (steps.at(-1)?.ok === false) break;
    }
  }
  const ok = steps.length === of && steps.every((step) => step.ok);
  const claims = { expected: ok ? held : held + 1, held };
  return { ok, steps, claims, ms: Math.round(performance.now() - began) };
}
