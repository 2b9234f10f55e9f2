import { announceAll, provision, subscribe, verify } from './acts.ts';
import { requestAll, serve } from './api-acts.ts';
import { bindingBreakage } from './breakage/binding.ts';
import type { Breakage } from './breakage/breakage.ts';
import { policyBreakage } from './breakage/policy.ts';
import { counted } from './counted.ts';
import { functionSteps } from './functions/steps.ts';
import type { DemoOptions } from './stage.ts';
import type { Step } from './step.ts';
import { breakWay, poison, recover, sendBack } from './trouble-acts.ts';

/** The last step, which runs however the others end. */
export function cleanupStep(options: DemoOptions): Omit<Step, 'run'> {
  return { name: CLEANUP, title: 'Clean up', why: `${removalOrder(options)}, then look again` };
}

/** The name of the last step. */
export const CLEANUP = 'cleanup';

function removalOrder({ transport, topology }: DemoOptions): string {
  if (transport.broker) return 'exchanges with their bindings → queues → DLQs';
  if (topology.functions.length > 0) return 'mappings → functions → … → tables';
  return 'subscriptions → topic → queues → DLQs';
}

/** The steps of a demo, in order, without the clean-up. */
export function stepsOf(options: DemoOptions, stateDir: string): Step[] {
  const { transport, topology, scenario, startApi } = options;
  const { broker } = transport;
  const { subscribers, topics, functions } = topology;
  if (functions.length > 0 && !startApi && !broker) return functionSteps(options);
  const parts = broker
    ? `${counted(topics.length, 'topic exchange')}, ${counted(subscribers.length, 'quorum queue')}, a DLQ behind each`
    : `${counted(topics.length, 'topic')}, ${counted(subscribers.length, 'queue')}, a dead-letter queue behind each`;
  const steps: Step[] = [
    {
      name: 'setup',
      title: 'Set up',
      why: parts,
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

function troubles(
  { transport, scenario: { broken, poisoned } }: DemoOptions,
  stateDir: string,
): Step[] {
  const steps: Step[] = [];
  const breakage: Breakage = transport.broker ? bindingBreakage(transport.broker) : policyBreakage;
  if (broken) {
    steps.push(
      {
        name: 'break',
        ...breakage.breaking,
        run: (stage) => breakWay(stage, broken, breakage, stateDir),
      },
      {
        name: 'recover',
        ...breakage.mending,
        run: (stage) => recover(stage, broken, breakage),
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
