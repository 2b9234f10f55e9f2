import { type Data, type DataMap, isMap } from '../template/data.ts';
import { functionOf } from '../template/functions.ts';
import { policyTemplate } from './policy-templates.ts';
import { mapOf, pick, tagList } from './properties.ts';

const SERVICE_ROLE = 'arn:aws:iam::aws:policy/service-role/';
const ASSUMED_BY_LAMBDA: DataMap = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['sts:AssumeRole'],
      Principal: { Service: ['lambda.amazonaws.com'] },
    },
  ],
};

/**
 * The role that SAM makes for a function that names none.
 *
 * @param readsQueues whether queues feed it. @param more documents that its other properties need.
 */
export function functionRole(
  properties: DataMap,
  readsQueues: boolean,
  more: readonly DataMap[],
): DataMap {
  const { Policies = [], AssumeRolePolicyDocument, RolePath, Tags } = properties;
  const { Tracing, DeadLetterQueue } = properties;
  const policies: readonly Data[] = Array.isArray(Policies) ? Policies : [Policies];
  const documents = policies.flatMap((policy) => policyDocument(policy) ?? []);
  const named = policies.filter((policy) => policyDocument(policy) === undefined);
  const managed: Data[] = [
    `${SERVICE_ROLE}AWSLambdaBasicExecutionRole`,
    ...(Tracing === 'Active' ? ['arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess'] : []),
    ...(readsQueues ? [`${SERVICE_ROLE}AWSLambdaSQSQueueExecutionRole`] : []),
    ...named.map(managedArn),
  ];
  const all = [...documents, ...deadLetterDocuments(DeadLetterQueue), ...more];
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: AssumeRolePolicyDocument ?? ASSUMED_BY_LAMBDA,
      ManagedPolicyArns: managed,
      ...(all.length === 0
        ? {}
        : {
            Policies: all.map((PolicyDocument, index) => ({
              PolicyName: `FunctionPolicy${index}`,
              PolicyDocument,
            })),
          }),
      ...pick(properties, ['PermissionsBoundary']),
      ...(RolePath === undefined ? {} : { Path: RolePath }),
      Tags: tagList(Tags, { 'lambda:createdBy': 'SAM' }),
    },
  };
}

/** A policy's document; undefined for one that is named. @throws SamError */
function policyDocument(policy: Data): DataMap | undefined {
  if (!isMap(policy) || functionOf(policy) !== undefined) return undefined;
  if (policy.Statement !== undefined) return policy;
  const [name = '', parameters = {}] = Object.entries(policy)[0] ?? [];
  return { Version: '2012-10-17', Statement: policyTemplate(name, mapOf(parameters, name)) };
}

/** AWS's policies may go by their names. */
function managedArn(policy: Data): Data {
  if (typeof policy !== 'string' || policy.startsWith('arn:')) return policy;
  const isOfService = /^AWSLambda(?:Basic|SQS|DynamoDB|Kinesis|VPCAccess)/.test(policy);
  return isOfService ? SERVICE_ROLE + policy : `arn:aws:iam::aws:policy/${policy}`;
}

function deadLetterDocuments(queue: Data | undefined): DataMap[] {
  if (queue === undefined) return [];
  const { Type: type, TargetArn = '' } = mapOf(queue, 'DeadLetterQueue');
  const Action = type === 'SNS' ? 'sns:Publish' : 'sqs:SendMessage';
  return [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: TargetArn }] }];
}
