import type {
  CreateStackInput,
  CreateStackOutput,
  DeleteStackInput,
  UpdateStackInput,
  UpdateStackOutput,
  UpdateTerminationProtectionInput,
  UpdateTerminationProtectionOutput,
} from '@aws-sdk/client-cloudformation';
import type { ServiceCaller } from '../../../ports.ts';
import { checkCapabilities } from '../capabilities.ts';
import type { CloudFormationContext } from '../context.ts';
import { changesOf } from '../deploy/changes.ts';
import { begin, whenIdle } from '../deploy/start.ts';
import { invalid, stackExists } from '../errors.ts';
import { checkExportsUnused } from '../exports.ts';
import { stackInput } from '../input.ts';
import { changeSetsOf, checkName, findStack, newStackId, stackFor } from '../lookup.ts';
import {
  dropChangeSet,
  type Operation,
  type Stack,
  type StackInput,
  storeStack,
} from '../state.ts';
import { compile } from '../template/compile.ts';

/** Statuses that a stack can be updated from. */
const UPDATABLE: ReadonlySet<string> = new Set([
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_FAILED',
  'UPDATE_ROLLBACK_COMPLETE',
]);

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export async function createStack(
  input: CreateStackInput,
  ctx: CloudFormationContext,
): Promise<CreateStackOutput> {
  const { StackName: name = '' } = input;
  checkName('stackName', name);
  const found = findStack(ctx, name);
  const requestToken = tokenOf('create', input);
  if (found !== undefined && isRepeated(found, requestToken)) return { StackId: found.id };
  if (found !== undefined) throw stackExists(name);
  const id = newStackId(ctx, name);
  const asked = await stackInput(ctx, input, undefined);
  const stack = { ...newStack(ctx, id, name, asked), ...settingsOf(input) };
  const compiled = await compile(asked.template, asked.parameters, stack, asked.notificationArns);
  checkCapabilities(compiled.template, asked.capabilities, true);
  // What can't come to a value is refused before anything is made.
  changesOf(ctx.state, stack, compiled, asked);
  // Reading takes time: another call may have been faster.
  if (findStack(ctx, name) !== undefined) throw stackExists(name);
  const description = compiled.template.description ?? '';
  await begin(ctx.state, {
    stack: { ...stack, description },
    requestToken,
    operation: {
      kind: 'create',
      input: asked,
      before: null,
      onFailure: onFailureOf(input),
      retained: [],
    },
    caller: asCaller(ctx, asked),
    compiled,
  });
  return { StackId: id };
}

/** What a stack keeps of the call that began an operation; empty without a token. */
export function tokenOf(
  call: 'create' | 'update' | 'delete' | 'execute' | 'continue',
  { ClientRequestToken: token }: { readonly ClientRequestToken?: string | undefined },
): string {
  return token === undefined ? '' : `${call}:${token}`;
}

/** Whether a call only says again what the stack's last operation was begun with. */
export function isRepeated(stack: Stack, requestToken: string): boolean {
  return requestToken !== '' && stack.requestToken === requestToken;
}

function settingsOf(input: CreateStackInput): Partial<Stack> {
  return {
    disableRollback: onFailureOf(input) === 'DO_NOTHING',
    timeoutMinutes: input.TimeoutInMinutes ?? 0,
    isProtected: input.EnableTerminationProtection ?? false,
  };
}

function onFailureOf({ OnFailure, DisableRollback }: CreateStackInput): Operation['onFailure'] {
  if (OnFailure === undefined) return DisableRollback === true ? 'DO_NOTHING' : 'ROLLBACK';
  if (DisableRollback !== undefined) {
    throw invalid('You can specify either DisableRollback or OnFailure, but not both.');
  }
  if (OnFailure === 'ROLLBACK' || OnFailure === 'DELETE' || OnFailure === 'DO_NOTHING') {
    return OnFailure;
  }
  throw invalid(
    `1 validation error detected: Value '${String(OnFailure)}' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]`,
  );
}

/** A stack that nothing was made of yet. */
export function newStack(
  { account, region, clock }: CloudFormationContext,
  id: string,
  name: string,
  input: StackInput,
): Stack {
  return {
    id,
    name,
    account,
    region,
    createdAt: clock.timestamp(),
    updatedAt: 0,
    deletedAt: 0,
    status: 'REVIEW_IN_PROGRESS',
    reason: '',
    description: '',
    input,
    disableRollback: false,
    timeoutMinutes: 0,
    isProtected: false,
    requestToken: '',
    changeSetId: '',
    resources: {},
    outputs: [],
    imports: [],
    operation: null,
    failedUpdate: null,
  };
}

/** Who makes the resources: the caller, or CloudFormation in the role that is given. */
export function asCaller(ctx: CloudFormationContext, { roleArn }: StackInput): ServiceCaller {
  const [, account, role] =
    /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? [];
  const caller = {
    account: ctx.account,
    region: ctx.region,
    accessKeyId: ctx.accessKeyId,
    principalArn: ctx.principalArn,
    userId: ctx.userId,
    sessionPolicy: ctx.sessionPolicy,
    baseUrl: ctx.baseUrl,
    sourceIp: ctx.sourceIp,
  };
  if (role === undefined) return caller;
  const principalArn = `arn:aws:sts::${account}:assumed-role/${role}/AWSCloudFormation`;
  return { ...caller, principalArn, sessionPolicy: undefined };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html */
export async function updateStack(
  input: UpdateStackInput,
  ctx: CloudFormationContext,
): Promise<UpdateStackOutput> {
  const stack = stackFor(ctx, input.StackName);
  const requestToken = tokenOf('update', input);
  if (isRepeated(stack, requestToken)) return { StackId: stack.id };
  checkUpdatable(stack);
  const asked = await stackInput(ctx, input, stack);
  const compiled = await compile(asked.template, asked.parameters, stack, asked.notificationArns);
  checkCapabilities(compiled.template, asked.capabilities, true);
  if (changesOf(ctx.state, stack, compiled, asked).isEmpty) {
    throw invalid('No updates are to be performed.');
  }
  const disableRollback = input.DisableRollback === true;
  await beginUpdate(ctx, stack, asked, compiled, { disableRollback, requestToken });
  return { StackId: stack.id };
}

/** Begins the update of a stack. */
export async function beginUpdate(
  ctx: CloudFormationContext,
  stack: Stack,
  asked: StackInput,
  compiled: Awaited<ReturnType<typeof compile>>,
  { disableRollback, requestToken }: { disableRollback: boolean; requestToken: string },
): Promise<void> {
  // Reading takes time: another call may have been faster.
  const current = ctx.state.stacks.get(stack.id) ?? stack;
  checkUpdatable(current);
  const { input, resources, outputs, description } = current;
  await begin(ctx.state, {
    stack: { ...current, updatedAt: ctx.clock.timestamp(), disableRollback },
    requestToken,
    operation: {
      kind: 'update',
      input: asked,
      before: { input, resources, outputs, description },
      onFailure: disableRollback ? 'DO_NOTHING' : 'ROLLBACK',
      retained: [],
    },
    caller: asCaller(ctx, asked),
    compiled,
  });
}

/** @throws ServiceError `ValidationError` */
export function checkUpdatable({ id, status, operation }: Stack): void {
  if (operation === null && UPDATABLE.has(status)) return;
  throw invalid(`Stack:${id} is in ${status} state and can not be updated.`);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html */
export async function deleteStack(
  input: DeleteStackInput,
  ctx: CloudFormationContext,
): Promise<void> {
  const { state } = ctx;
  const found = findStack(ctx, input.StackName ?? '');
  // A stack that isn't there is as good as deleted.
  if (found === undefined || found.deletedAt !== 0) return;
  await whenIdle(state, found.id);
  const stack = state.stacks.get(found.id) ?? found;
  const requestToken = tokenOf('delete', input);
  if (stack.deletedAt !== 0 || isRepeated(stack, requestToken)) return;
  if (stack.isProtected) {
    throw invalid(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  const retained = input.RetainResources ?? [];
  if (retained.length > 0 && stack.status !== 'DELETE_FAILED') {
    throw invalid(
      'Invalid operation on stack. RetainResources can only be given for a stack in DELETE_FAILED state.',
    );
  }
  checkExportsUnused(state, stack, new Map());
  for (const changeSet of changeSetsOf(state, stack)) dropChangeSet(state, changeSet);
  await begin(state, {
    stack,
    requestToken,
    operation: {
      kind: 'delete',
      input: stack.input,
      before: null,
      onFailure: 'DO_NOTHING',
      retained,
    },
    caller: asCaller(ctx, stack.input),
  });
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateTerminationProtection.html */
export function updateTerminationProtection(
  input: UpdateTerminationProtectionInput,
  ctx: CloudFormationContext,
): UpdateTerminationProtectionOutput {
  const stack = stackFor(ctx, input.StackName);
  storeStack(ctx.state, { ...stack, isProtected: input.EnableTerminationProtection ?? false });
  return { StackId: stack.id };
}
