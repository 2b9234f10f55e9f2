import type { Action } from '../../action.ts';
import { elbOperations } from './shapes.ts';

/** Elastic Load Balancing's actions by name, each of which loads all of them: most engines never see one. */
export const lazyElbActions: Readonly<Record<string, Action>> = Object.fromEntries(
  Object.keys(elbOperations).map((name) => [
    name,
    async (...call: Parameters<Action>) => {
      const { elbActions } = await import('./actions/index.ts');
      const action = elbActions[name];
      if (action === undefined) throw new Error(`Elastic Load Balancing has no action ${name}`);
      return await action(...call);
    },
  ]),
);
