import { randomUUID } from 'node:crypto';
import type { CloudFormationContext } from './context.ts';
import { changeSetMissing, invalid, stackMissing } from './errors.ts';
import type { ChangeSet, CloudFormationState, Stack } from './state.ts';

const NAME = /^[a-zA-Z][-a-zA-Z0-9]*$/;
const MAX_NAME = 128;

/** The ARN of a new stack. */
export function newStackId({ region, account }: CloudFormationContext, name: string): string {
  return `arn:aws:cloudformation:${region}:${account}:stack/${name}/${randomUUID()}`;
}

/** The ARN of a new change set. */
export function newChangeSetId({ region, account }: CloudFormationContext, name: string): string {
  return `arn:aws:cloudformation:${region}:${account}:changeSet/${name}/${randomUUID()}`;
}

/** @throws ServiceError `ValidationError` */
export function checkName(member: string, name: string): void {
  if (NAME.test(name) && name.length <= MAX_NAME) return;
  const rule = NAME.test(name)
    ? `Member must have length less than or equal to ${MAX_NAME}`
    : `Member must satisfy regular expression pattern: ${NAME.source.slice(1, -1)}`;
  throw invalid(
    `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

/** The stacks of an account in a region, deleted ones too. */
export function stacksIn(
  { stacks }: CloudFormationState,
  { account, region }: Pick<Stack, 'account' | 'region'>,
): Stack[] {
  return [...stacks.values()].filter(
    (stack) => stack.account === account && stack.region === region,
  );
}

/** The change sets that a stack has. */
export function changeSetsOf({ changeSets }: CloudFormationState, { id }: Stack): ChangeSet[] {
  return [...changeSets.values()].filter(({ stackId }) => stackId === id);
}

/** The stack of a name that isn't deleted, or of an ARN. */
export function findStack(ctx: CloudFormationContext, nameOrId: string): Stack | undefined {
  return stacksIn(ctx.state, ctx).find(
    ({ id, name, deletedAt }) => id === nameOrId || (name === nameOrId && deletedAt === 0),
  );
}

/** @throws ServiceError `ValidationError` */
export function stackFor(ctx: CloudFormationContext, nameOrId = ''): Stack {
  const found = findStack(ctx, nameOrId);
  if (found === undefined) throw stackMissing(nameOrId);
  return found;
}

/** @throws ServiceError `ChangeSetNotFoundException`, `ValidationError` */
export function changeSetFor(
  ctx: CloudFormationContext,
  nameOrId = '',
  stackName: string | undefined = undefined,
): ChangeSet {
  const byId = ctx.state.changeSets.get(nameOrId);
  if (byId !== undefined) return byId;
  if (nameOrId.startsWith('arn:')) throw changeSetMissing(nameOrId);
  if (stackName === undefined) {
    throw invalid('StackName must be specified if ChangeSetName is not specified as an ARN.');
  }
  const stack = stackFor(ctx, stackName);
  const found = changeSetsOf(ctx.state, stack).find(({ name }) => name === nameOrId);
  if (found === undefined) throw changeSetMissing(nameOrId);
  return found;
}
