import { AppError } from '../../rules/errors.ts';
import { logGroupOf } from '../../rules/functions.ts';
import { MAX_MANAGED_POLICY_CHARACTERS } from '../../rules/limits.ts';
import { functionStatements } from './function-role.ts';
import { KEY_ACTIONS } from './key-statements.ts';
import { operator } from './operator.ts';
import {
  allow,
  type IamPolicy,
  type IamRequest,
  type IamRole,
  type IamStatement,
  keyArn,
  queueArn,
  resourceArn,
  topicArns,
  withKeys,
} from './statement.ts';

/**
 * The least that a role's commands need, by resource ("Actions, resources, and condition keys for Amazon SNS", and for
 * Amazon SQS, Service Authorization Reference). `PublishBatch` and the batch calls of SQS are allowed by the single
 * call's action; `sts:GetCallerIdentity` needs no permission.
 * @throws AppError `PolicyTooLong` where it would have more characters than AWS takes.
 */
export function iamPolicy(request: IamRequest): IamPolicy {
  const policy: IamPolicy = { Version: '2012-10-17', Statement: STATEMENTS[request.role](request) };
  const characters = policyCharacters(policy);
  if (characters <= MAX_MANAGED_POLICY_CHARACTERS) return policy;
  throw new AppError({
    code: 'PolicyTooLong',
    message: `The policy would have ${characters} characters; AWS takes ${MAX_MANAGED_POLICY_CHARACTERS}.`,
    hint: 'Use a shorter --prefix.',
  });
}

/** Characters of a policy as AWS counts them: without white space. */
export function policyCharacters(policy: IamPolicy): number {
  return JSON.stringify(policy).replace(/\s/g, '').length;
}

const STATEMENTS: Readonly<Record<IamRole, (request: IamRequest) => IamStatement[]>> = {
  publisher,
  subscriber,
  operator,
  function: functionRole,
};

function functionRole(request: IamRequest): IamStatement[] {
  const { topology, target, place } = request;
  if (target === undefined) return [];
  const table = (name: string): string => resourceArn(place, 'dynamodb', `table/${name}`);
  const resources = {
    queue: (name: string) => queueArn(request, name),
    table,
    index: (name: string) => `${table(name)}/index/*`,
    logs: (name: string) => resourceArn(place, 'logs', `log-group:${logGroupOf(name)}:*`),
    key: keyArn(place),
  };
  return functionStatements(topology, target, resources, request.kmsKeyArn);
}

function publisher(request: IamRequest): IamStatement[] {
  return [
    allow('Publish', ['sns:Publish'], topicArns(request, { own: false })),
    ...withKeys(
      request,
      request.topology.topics.map(({ kmsKey }) => kmsKey),
      KEY_ACTIONS.send,
    ),
  ];
}

function subscriber(request: IamRequest): IamStatement[] {
  return [
    allow(
      'Consume',
      [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        // The visibility timeout, by which a message that is in hand for long is kept hidden.
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
      ],
      request.subscribers.map(({ queue }) => queueArn(request, queue)),
    ),
    ...withKeys(
      request,
      request.subscribers.map(({ kmsKey }) => kmsKey),
      KEY_ACTIONS.receive,
    ),
  ];
}
