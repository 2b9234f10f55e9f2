import type { Aws } from '../aws/clients.ts';
import { getStack, type Stack } from '../aws/stacks.ts';

/** States of a stack that was never there whole, or that is to go. */
const NOT_THERE = /^(?:CREATE_FAILED|ROLLBACK_|DELETE_|REVIEW_)/;

/** A stack whose parameters the next deployment keeps; undefined where there is none, or only what a failure left. */
export async function keptStack(aws: Aws, name: string): Promise<Stack | undefined> {
  const stack = await getStack(aws, name);
  return NOT_THERE.test(stack?.StackStatus ?? '') ? undefined : stack;
}
