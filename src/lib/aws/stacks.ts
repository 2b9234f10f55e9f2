import {
  type Change,
  ContinueUpdateRollbackCommand,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetCommandOutput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListStackResourcesCommand,
  type ResourceChange,
  type Stack,
  type StackEvent,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { call, callUnless } from './call.ts';
import type { Aws } from './clients.ts';
import type { Attributes } from './topics.ts';

export type { ResourceChange, Stack, StackEvent, StackResourceSummary };

/** What CloudFormation says of a stack that isn't there: the name of its error is that of any bad input. */
const NOT_FOUND = ['ValidationError'] as const;

/** What a change set is made of. */
export interface ChangeSetRequest {
  readonly stackName: string;
  readonly changeSetName: string;
  readonly kind: 'CREATE' | 'UPDATE';
  /** Template text. */
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Parameters that keep the values which the stack has. */
  readonly kept: readonly string[];
  readonly tags: Attributes;
}

/** A change set as CloudFormation worked it out. */
export interface FoundChangeSet {
  readonly id: string;
  readonly stackId: string;
  readonly status: string;
  readonly reason: string;
  readonly changes: readonly ResourceChange[];
}

/** A stack by name or id (`DescribeStacks`); undefined where there is none. A deleted one is found by its id alone. */
export async function getStack(aws: Aws, nameOrId: string): Promise<Stack | undefined> {
  const client = await aws.cloudformation();
  const answer = await callUnless(aws, `read stack "${nameOrId}"`, NOT_FOUND, () =>
    client.send(new DescribeStacksCommand({ StackName: nameOrId })),
  );
  return answer?.Stacks?.[0];
}

/** Begins to work out a change set (`CreateChangeSet`). @returns its id and the stack's. */
export async function createChangeSet(
  aws: Aws,
  request: ChangeSetRequest,
): Promise<{ readonly id: string; readonly stackId: string }> {
  const client = await aws.cloudformation();
  const { stackName, changeSetName, kind, template, parameters, kept, tags } = request;
  const { Id = '', StackId = '' } = await call(aws, `plan stack "${stackName}"`, () =>
    client.send(
      new CreateChangeSetCommand({
        StackName: stackName,
        ChangeSetName: changeSetName,
        ChangeSetType: kind,
        TemplateBody: template,
        Capabilities: ['CAPABILITY_NAMED_IAM'],
        Parameters: [
          ...Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          ...kept.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
        ],
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    ),
  );
  return { id: Id, stackId: StackId };
}

/** A change set with all its changes and their values (`DescribeChangeSet`, all pages). */
export async function describeChangeSet(aws: Aws, id: string): Promise<FoundChangeSet> {
  const client = await aws.cloudformation();
  const all: Change[] = [];
  let page: DescribeChangeSetCommandOutput;
  let token: string | undefined;
  do {
    const asked = new DescribeChangeSetCommand({
      ChangeSetName: id,
      IncludePropertyValues: true,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    page = await call(aws, 'read the change set', () => client.send(asked));
    all.push(...(page.Changes ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return {
    id,
    stackId: page.StackId ?? '',
    status: page.Status ?? '',
    reason: page.StatusReason ?? '',
    changes: all.flatMap(({ ResourceChange }) => ResourceChange ?? []),
  };
}

/** Begins to carry out a change set (`ExecuteChangeSet`). The engine may answer when it is done. */
export async function executeChangeSet(aws: Aws, id: string): Promise<void> {
  const client = await aws.cloudformation();
  await call(aws, 'carry out the change set', () =>
    client.send(new ExecuteChangeSetCommand({ ChangeSetName: id })),
  );
}

/** Removes a change set (`DeleteChangeSet`), which its name finds with its stack; one that is gone is not an error. */
export async function deleteChangeSet(
  aws: Aws,
  { id, stackName }: { readonly id: string; readonly stackName?: string },
): Promise<void> {
  const client = await aws.cloudformation();
  const asked = new DeleteChangeSetCommand({
    ChangeSetName: id,
    ...(stackName === undefined ? {} : { StackName: stackName }),
  });
  await callUnless(aws, 'remove the change set', ['ChangeSetNotFoundException'], () =>
    client.send(asked),
  );
}

/** Begins to delete a stack (`DeleteStack`); one that is gone already is not an error. */
export async function deleteStack(aws: Aws, id: string): Promise<void> {
  const client = await aws.cloudformation();
  await call(aws, `delete stack "${id}"`, () =>
    client.send(new DeleteStackCommand({ StackName: id })),
  );
}

/** Lets an update's rollback that failed go on (`ContinueUpdateRollback`). */
export async function continueRollback(aws: Aws, id: string): Promise<void> {
  const client = await aws.cloudformation();
  await call(aws, `go on with the rollback of stack "${id}"`, () =>
    client.send(new ContinueUpdateRollbackCommand({ StackName: id })),
  );
}

/**
 * What happened to a stack, oldest first (`DescribeStackEvents`); nothing to one that isn't there, as while some
 * implementations delete it.
 * @param after id of the last event that is known; only younger ones are read. All, unless given.
 */
export async function stackEvents(aws: Aws, id: string, after?: string): Promise<StackEvent[]> {
  const client = await aws.cloudformation();
  const read: StackEvent[] = [];
  let token: string | undefined;
  do {
    const asked = new DescribeStackEventsCommand({
      StackName: id,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    // The youngest come first.
    const answer = await callUnless(aws, `read the events of "${id}"`, NOT_FOUND, () =>
      client.send(asked),
    );
    const { StackEvents = [], NextToken } = answer ?? {};
    const known = StackEvents.findIndex(({ EventId }) => EventId === after);
    read.push(...(known < 0 ? StackEvents : StackEvents.slice(0, known)));
    token = known < 0 ? NextToken : undefined;
  } while (token !== undefined);
  return read.reverse();
}

/** The resources of a stack (`ListStackResources`, all pages). */
export async function stackResources(aws: Aws, id: string): Promise<StackResourceSummary[]> {
  const client = await aws.cloudformation();
  const read: StackResourceSummary[] = [];
  let token: string | undefined;
  do {
    const asked = new ListStackResourcesCommand({
      StackName: id,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    const { StackResourceSummaries = [], NextToken } = await call(
      aws,
      `read the resources of "${id}"`,
      () => client.send(asked),
    );
    read.push(...StackResourceSummaries);
    token = NextToken;
  } while (token !== undefined);
  return read;
}
