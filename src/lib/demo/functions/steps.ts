import { provision, subscribe, verify } from '../acts.ts';
import { counted } from '../counted.ts';
import type { DemoOptions, DemoStage } from '../stage.ts';
import type { Step } from '../step.ts';
import { announceToFunctions, followFunctions, verifyTable } from './acts.ts';
import { poisonFunction, rollBack } from './trouble-acts.ts';

/** The steps of a demo in which functions handle events, in order, without the clean-up. */
export function functionSteps({ topology, scenario }: DemoOptions): Step[] {
  const { functions, tables, topics, subscribers } = topology;
  const { poisoned } = scenario;
  const parts = [
    counted(topics.length, 'topic'),
    counted(subscribers.length, 'queue'),
    counted(functions.length, 'function'),
    ...(tables.length > 0 ? [counted(tables.length, 'table')] : []),
  ];
  const handler = subscribers.find(({ name }) => name === poisoned?.subscriber)?.handler;
  const isPoisonable = handler !== undefined && 'function' in handler;
  const stored = scenario.acts.flatMap(({ items }) => items);
  return [
    { name: 'setup', title: 'Set up', why: parts.join(', '), run: provision },
    {
      name: 'subscribe',
      title: 'Look who takes the messages',
      why: 'Lambda polls it; no process of ours runs',
      run: async (stage) => {
        await subscribe(stage);
        followFunctions(stage);
      },
    },
    ...scenario.acts.map(({ items, ...act }) => ({
      ...act,
      run: (stage: DemoStage) => announceToFunctions(stage, items),
    })),
    ...(poisoned && isPoisonable
      ? [
          {
            name: 'poison',
            title: 'Release a bug',
            why: 'what fails is hidden, comes again, and ends in the DLQ',
            run: (stage: DemoStage) => poisonFunction(stage, poisoned),
          },
          {
            name: 'redrive',
            title: 'Fix the function, send it back',
            why: 'setup puts its own code back',
            run: (stage: DemoStage) => rollBack(stage, poisoned),
          },
        ]
      : []),
    {
      name: 'verify',
      title: 'Verify',
      why: 'every event handled, every event in the table once',
      run: async (stage) => {
        await verify(stage);
        const sent = stage.poison !== undefined && poisoned ? [poisoned.event] : [];
        await verifyTable(stage, [...stored, ...sent]);
      },
    },
  ];
}
