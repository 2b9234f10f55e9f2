import type { Action } from '../../action.ts';
import type { CloudFormationAction } from './actions/index.ts';
import { cloudFormationOperations } from './shapes.ts';
import { type CloudFormationState, type Stack, track } from './state.ts';

// Most engines never see a stack: what reads templates and makes resources is loaded by the first call that needs it.

const names = Object.keys(cloudFormationOperations) as CloudFormationAction[];

/** CloudFormation's actions by name, each of which loads all of them. */
export const lazyCloudFormationActions: Readonly<Record<string, Action>> = Object.fromEntries(
  names.map((name) => [
    name,
    async (...call: Parameters<Action>) => {
      const { cloudFormationActions } = await import('./actions/index.ts');
      const action: Action = cloudFormationActions[name];
      return await action(...call);
    },
  ]),
);

/** Goes on with what was under way when the engine ended. */
export function resumeOperations(state: CloudFormationState): void {
  for (const stack of state.stacks.values()) {
    if (stack.operation !== null) void track(state, stack.id, resume(state, stack));
  }
}

async function resume(state: CloudFormationState, stack: Stack): Promise<void> {
  const { resumeOperation } = await import('./deploy/start.ts');
  await resumeOperation(state, stack);
}
