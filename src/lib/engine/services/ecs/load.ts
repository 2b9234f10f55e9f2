import type { Action } from '../../action.ts';
import { ecsOperations } from './shapes.ts';

/** ECS's actions by name, each of which loads all of them: most engines never see a task. */
export const lazyEcsActions: Readonly<Record<string, Action>> = Object.fromEntries(
  Object.keys(ecsOperations).map((name) => [
    name,
    async (...call: Parameters<Action>) => {
      const { ecsActions } = await import('./actions/index.ts');
      const action = ecsActions[name];
      if (action === undefined) throw new Error(`ECS has no action ${name}`);
      return await action(...call);
    },
  ]),
);
