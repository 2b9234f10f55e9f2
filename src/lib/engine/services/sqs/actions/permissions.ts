import type { AddPermissionRequest, RemovePermissionRequest } from '@aws-sdk/client-sqs';
import { mergeAttributes } from '../attributes.ts';
import { authorize } from '../authorize.ts';
import type { SqsContext } from '../context.ts';
import { invalidValue, missingParameter, overLimit } from '../errors.ts';
import type { Queue } from '../queue/queue.ts';
import { checkQueuePolicy } from '../queue-policy.ts';
import { findQueue } from '../queue-url.ts';
import { changeAttributes } from './queue-attributes.ts';

/** Actions that other accounts can be allowed; those on several messages go by the single action's name. */
const SHAREABLE: ReadonlySet<string> = new Set([
  '*',
  'ChangeMessageVisibility',
  'DeleteMessage',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
]);

const OWNER_ONLY: ReadonlySet<string> = new Set([
  'AddPermission',
  'CancelMessageMoveTask',
  'CreateQueue',
  'DeleteQueue',
  'ListMessageMoveTasks',
  'ListQueueTags',
  'ListQueues',
  'RemovePermission',
  'SetQueueAttributes',
  'StartMessageMoveTask',
  'TagQueue',
  'UntagQueue',
]);

/** "An Amazon SQS policy can have a maximum of seven actions per statement." */
const MAX_ACTIONS = 7;
const LABEL = /^[A-Za-z0-9_-]{1,80}$/;
const ACCOUNT = /^\d{12}$/;

interface Statement {
  readonly Sid?: string;
  readonly [element: string]: unknown;
}

interface PolicyDocument {
  readonly Statement: readonly Statement[];
  readonly [element: string]: unknown;
}

/**
 * Adds a statement to the queue's policy that allows accounts some actions.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
 */
export function addPermission(input: AddPermissionRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'AddPermission');
  const { Label: label = '' } = input;
  checkLabel(label);
  const accounts = nonEmpty(input.AWSAccountIds, 'AWSAccountIds');
  const actions = nonEmpty(input.Actions, 'Actions');
  for (const account of accounts) {
    if (!ACCOUNT.test(account)) {
      throw invalidValue(`[${accounts.join(', ')}]`, 'PrincipalId', 'Unable to verify');
    }
  }
  for (const action of actions) checkAction(action);
  if (actions.length > MAX_ACTIONS) {
    throw overLimit(`${actions.length} Actions were found, maximum allowed is ${MAX_ACTIONS}.`);
  }
  const policy = readPolicy(queue);
  if (policy.Statement.some(({ Sid }) => Sid === label)) {
    throw invalidValue(label, 'Label', 'Already exists');
  }
  const statement: Statement = {
    Sid: label,
    Effect: 'Allow',
    Principal: { AWS: oneOrAll(accounts.map((account) => `arn:aws:iam::${account}:root`)) },
    Action: oneOrAll(actions.map((action) => `SQS:${action}`)),
    Resource: queue.arn,
  };
  writePolicy(ctx, queue, { ...policy, Statement: [...policy.Statement, statement] });
}

/**
 * Takes the statement with that label out of the queue's policy, and the policy away with its last statement.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_RemovePermission.html
 */
export function removePermission(input: RemovePermissionRequest, ctx: SqsContext): void {
  const queue = findQueue(ctx, input.QueueUrl ?? '');
  authorize(ctx, queue, 'RemovePermission');
  const { Label: label = '' } = input;
  if (label === '') throw missingParameter('Label');
  const policy = readPolicy(queue);
  const kept = policy.Statement.filter(({ Sid }) => Sid !== label);
  if (kept.length === policy.Statement.length) {
    throw invalidValue(label, 'Label', "can't find label on existing policy");
  }
  writePolicy(ctx, queue, kept.length === 0 ? undefined : { ...policy, Statement: kept });
}

function checkLabel(label: string): void {
  if (label === '') throw missingParameter('Label');
  if (LABEL.test(label)) return;
  throw invalidValue(
    label,
    'Label',
    'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  );
}

function checkAction(action: string): void {
  if (SHAREABLE.has(action)) return;
  throw invalidValue(
    `SQS:${action}`,
    'ActionName',
    OWNER_ONLY.has(action)
      ? 'Only the queue owner is allowed to invoke this action'
      : 'Please refer to the appropriate WSDL for a list of valid actions',
  );
}

function nonEmpty(list: readonly string[] | undefined, parameter: string): readonly string[] {
  if (list === undefined || list.length === 0) throw missingParameter(parameter);
  return list;
}

function oneOrAll(list: readonly string[]): string | readonly string[] {
  return list.length === 1 ? (list[0] as string) : list;
}

function readPolicy(queue: Queue): PolicyDocument {
  const text = queue.attributes.Policy;
  if (text === undefined) {
    return { Version: '2008-10-17', Id: `${queue.arn}/SQSDefaultPolicy`, Statement: [] };
  }
  const policy = JSON.parse(text) as Record<string, unknown>;
  const statements = policy.Statement as Statement | Statement[];
  return { ...policy, Statement: Array.isArray(statements) ? statements : [statements] };
}

function writePolicy(ctx: SqsContext, queue: Queue, policy: PolicyDocument | undefined): void {
  const Policy = policy === undefined ? '' : JSON.stringify(policy);
  if (Policy !== '') checkQueuePolicy(Policy);
  changeAttributes(ctx, queue, mergeAttributes(queue.attributes, { Policy }));
}
