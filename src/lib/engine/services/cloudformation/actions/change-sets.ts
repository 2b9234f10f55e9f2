import type {
  CreateChangeSetInput,
  CreateChangeSetOutput,
  DeleteChangeSetInput,
  DescribeChangeSetInput,
  DescribeChangeSetOutput,
  ExecuteChangeSetInput,
  ListChangeSetsInput,
  ListChangeSetsOutput,
  ResourceChange,
} from '@aws-sdk/client-cloudformation';
import { checkCapabilities } from '../capabilities.ts';
import type { CloudFormationContext } from '../context.ts';
import { changesOf } from '../deploy/changes.ts';
import { begin } from '../deploy/start.ts';
import { changeSetExists, changeSetStatus, invalid, stackExists } from '../errors.ts';
import { stackInput } from '../input.ts';
import {
  changeSetFor,
  changeSetsOf,
  checkName,
  findStack,
  newChangeSetId,
  newStackId,
  stackFor,
} from '../lookup.ts';
import { pageOf } from '../pages.ts';
import { tagList } from '../resources/tags.ts';
import {
  appendEvent,
  type ChangeSet,
  dropChangeSet,
  type Operation,
  type Stack,
  storeChangeSet,
  storeStack,
} from '../state.ts';
import { compile } from '../template/compile.ts';
import { asCaller, beginUpdate, checkUpdatable, isRepeated, newStack, tokenOf } from './stacks.ts';
import { shownParameters } from './views.ts';

const UNCHANGED =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html */
export async function createChangeSet(
  input: CreateChangeSetInput,
  ctx: CloudFormationContext,
): Promise<CreateChangeSetOutput> {
  const { StackName: stackName = '', ChangeSetName: name = '' } = input;
  checkName('changeSetName', name);
  const kind = kindOf(input);
  const found = findStack(ctx, stackName);
  const isNew = found === undefined || found.status === 'REVIEW_IN_PROGRESS';
  if (kind === 'create' && !isNew) throw stackExists(stackName);
  if (kind === 'update') checkUpdatable(stackFor(ctx, stackName));
  if (kind === 'create') checkName('stackName', found?.name ?? stackName);
  const asked = await stackInput(ctx, input, kind === 'update' ? found : undefined);
  const stack = found ?? newStack(ctx, newStackId(ctx, stackName), stackName, asked);
  if (changeSetsOf(ctx.state, stack).some((each) => each.name === name)) {
    throw changeSetExists(name, stack.name);
  }
  const compiled = await compile(asked.template, asked.parameters, stack, asked.notificationArns);
  checkCapabilities(compiled.template, asked.capabilities, false);
  const { resources, isEmpty } = changesOf(ctx.state, stack, compiled, asked);
  const unchanged = kind === 'update' && isEmpty;
  const changeSet: ChangeSet = {
    id: newChangeSetId(ctx, name),
    name,
    stackId: stack.id,
    description: input.Description ?? '',
    kind,
    createdAt: ctx.clock.timestamp(),
    status: unchanged ? 'FAILED' : 'CREATE_COMPLETE',
    executionStatus: unchanged ? 'UNAVAILABLE' : 'AVAILABLE',
    reason: unchanged ? UNCHANGED : '',
    input: asked,
    onFailure: onStackFailure(input.OnStackFailure),
    changes: resources,
  };
  if (found === undefined) review(ctx, stack);
  storeChangeSet(ctx.state, changeSet);
  return { Id: changeSet.id, StackId: stack.id };
}

function kindOf({ ChangeSetType = 'UPDATE', IncludeNestedStacks }: CreateChangeSetInput) {
  if (IncludeNestedStacks === true) {
    throw invalid('The local engine does not support nested stacks.');
  }
  if (ChangeSetType === 'CREATE') return 'create';
  if (ChangeSetType === 'UPDATE') return 'update';
  throw invalid(`The local engine does not support change sets of type ${ChangeSetType}.`);
}

function onStackFailure(value: string | undefined): Operation['onFailure'] {
  if (value === 'DELETE' || value === 'DO_NOTHING') return value;
  return 'ROLLBACK';
}

/** A stack that is there because a change set for it is. */
function review(ctx: CloudFormationContext, stack: Stack): void {
  storeStack(ctx.state, stack);
  appendEvent(ctx.state, {
    id: `${stack.name}-REVIEW_IN_PROGRESS-${ctx.requestId}`,
    stackId: stack.id,
    logicalId: stack.name,
    physicalId: stack.id,
    type: 'AWS::CloudFormation::Stack',
    status: 'REVIEW_IN_PROGRESS',
    reason: 'User Initiated',
    properties: '',
  });
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html */
export async function describeChangeSet(
  input: DescribeChangeSetInput,
  ctx: CloudFormationContext,
): Promise<DescribeChangeSetOutput> {
  const changeSet = changeSetFor(ctx, input.ChangeSetName, input.StackName);
  const { input: asked } = changeSet;
  const stack = stackFor(ctx, changeSet.stackId);
  const changes = changeSet.changes as readonly ResourceChange[];
  const { items, ...page } = pageOf(changes, input.NextToken);
  return {
    ...summaryOf(changeSet, stack),
    Parameters: await shownParameters(asked),
    NotificationARNs: [...asked.notificationArns],
    Capabilities: [...asked.capabilities] as DescribeChangeSetOutput['Capabilities'],
    Tags: tagList(asked.tags),
    RollbackConfiguration: {},
    OnStackFailure: changeSet.onFailure,
    Changes: items.map((change) => ({
      Type: 'Resource',
      ResourceChange: input.IncludePropertyValues === true ? change : withoutValues(change),
    })),
    ...page,
  };
}

/** Values are shown to those who ask for them. */
function withoutValues(change: ResourceChange): ResourceChange {
  const Details = change.Details?.map((detail) => {
    const { Attribute, Name, RequiresRecreation } = detail.Target ?? {};
    return { ...detail, Target: { Attribute, Name, RequiresRecreation } };
  });
  return { ...change, Details };
}

function summaryOf(changeSet: ChangeSet, stack: Stack) {
  const { description, reason } = changeSet;
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: new Date(changeSet.createdAt),
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    ...(description === '' ? {} : { Description: description }),
    ...(reason === '' ? {} : { StatusReason: reason }),
    IncludeNestedStacks: false,
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html */
export async function executeChangeSet(
  input: ExecuteChangeSetInput,
  ctx: CloudFormationContext,
): Promise<object> {
  const { state } = ctx;
  const changeSet = changeSetFor(ctx, input.ChangeSetName, input.StackName);
  const { id, executionStatus, status, input: asked, kind } = changeSet;
  const stack = stackFor(ctx, changeSet.stackId);
  const requestToken = tokenOf('execute', input);
  if (stack.changeSetId === id && isRepeated(stack, requestToken)) return {};
  if (executionStatus !== 'AVAILABLE') {
    throw changeSetStatus(
      `ChangeSet [${id}] cannot be executed in its current execution status of [${executionStatus}]. Status: [${status}]`,
    );
  }
  const compiled = await compile(asked.template, asked.parameters, stack, asked.notificationArns);
  const current = { ...(state.stacks.get(stack.id) ?? stack), changeSetId: id };
  if (kind === 'update') checkUpdatable(current);
  else if (current.status !== 'REVIEW_IN_PROGRESS') throw stackExists(stack.name);
  storeChangeSet(state, { ...changeSet, executionStatus: 'EXECUTE_COMPLETE' });
  for (const other of changeSetsOf(state, stack)) {
    if (other.id !== id) dropChangeSet(state, other);
  }
  const isKept = input.DisableRollback === true || changeSet.onFailure === 'DO_NOTHING';
  if (kind === 'update') {
    storeStack(state, current);
    await beginUpdate(ctx, current, asked, compiled, { disableRollback: isKept, requestToken });
    return {};
  }
  const description = compiled.template.description ?? '';
  await begin(state, {
    stack: { ...current, input: asked, description, disableRollback: isKept },
    requestToken,
    operation: {
      kind: 'create',
      input: asked,
      before: null,
      onFailure: isKept ? 'DO_NOTHING' : changeSet.onFailure,
      retained: [],
    },
    caller: asCaller(ctx, asked),
    compiled,
  });
  return {};
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html */
export function deleteChangeSet(input: DeleteChangeSetInput, ctx: CloudFormationContext): object {
  dropChangeSet(ctx.state, changeSetFor(ctx, input.ChangeSetName, input.StackName));
  return {};
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListChangeSets.html */
export function listChangeSets(
  input: ListChangeSetsInput,
  ctx: CloudFormationContext,
): ListChangeSetsOutput {
  const stack = stackFor(ctx, input.StackName);
  const { items, ...page } = pageOf(changeSetsOf(ctx.state, stack), input.NextToken);
  return {
    Summaries: items.map((changeSet) => summaryOf(changeSet, stack)),
    ...page,
  };
}
