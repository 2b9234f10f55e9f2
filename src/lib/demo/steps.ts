import { announceAll, provision, subscribe, verify } from './acts.ts';
import { requestAll, serve } from './api-acts.ts';
import { counted } from './counted.ts';
import { functionSteps } from './functions/steps.ts';
import type { DemoOptions } from './stage.ts';
import type { Step } from './step.ts';
import { breakPolicy, poison, recover, sendBack } from './trouble-acts.ts';

/** The last step, which runs however the others end. */
export const CLEANUP_STEP = {
  name: 'cleanup',
  title: 'Clean up',
  why: 'subscriptions → topic → queues → DLQs, then look again',
} as const;

/** The steps of a demo, in order, without the clean-up. */
export function stepsOf(options: DemoOptions, stateDir: string): Step[] {
  const { place, scenario, startApi } = options;
  if (place.topology.functions.length > 0 && !startApi) return functionSteps(options);
  const { subscribers, topics } = place.topology;
  const steps: Step[] = [
    {
      name: 'setup',
      title: 'Set up',
      why: `${counted(topics.length, 'topic')}, ${counted(subscribers.length, 'queue')}, a dead-letter queue behind each`,
      run: provision,
    },
    {
      name: 'subscribe',
      title: 'Start the subscribers',
      why: 'each tails a queue of its own',
      run: subscribe,
    },
  ];
  if (startApi) {
    steps.push({
      name: 'serve',
      title: 'Start the order API',
      why: 'orders in a database, their events in its outbox',
      run: serve,
    });
    for (const { items, ...act } of scenario.api) {
      steps.push({ ...act, run: (stage) => requestAll(stage, items) });
    }
  } else {
    for (const { items, ...act } of scenario.acts) {
      steps.push({ ...act, run: (stage) => announceAll(stage, items) });
    }
    steps.push(...troubles(options, stateDir));
  }
  steps.push({
    name: 'verify',
    title: 'Verify',
    why: 'every expected event at every subscriber, and no other',
    run: verify,
  });
  return steps;
}

function troubles({ scenario: { broken, poisoned } }: DemoOptions, stateDir: string): Step[] {
  const steps: Step[] = [];
  if (broken) {
    steps.push(
      {
        name: 'break',
        title: 'Break a queue policy',
        why: 'SNS may not write any more, and tells nobody',
        run: (stage) => breakPolicy(stage, broken, stateDir),
      },
      {
        name: 'recover',
        title: 'Put the policy back',
        why: 'what was lost stays lost; what comes now arrives',
        run: (stage) => recover(stage, broken),
      },
    );
  }
  if (poisoned) {
    steps.push(
      {
        name: 'poison',
        title: 'Poison a message',
        why: 'a handler that keeps failing sends it to the DLQ',
        run: (stage) => poison(stage, poisoned),
      },
      {
        name: 'redrive',
        title: 'Fix the handler, send it back',
        why: 'from the DLQ to where it came from',
        run: (stage) => sendBack(stage, poisoned),
      },
    );
  }
  return steps;
}
