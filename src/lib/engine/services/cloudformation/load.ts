import { type CloudFormationState, type Stack, track } from './state.ts';

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
