import type { Data, DataMap } from '../template/data.ts';
import { SamError } from './sam-error.ts';

/** What a policy template allows, and on what. */
interface PolicyTemplate {
  /** Without the service. */
  readonly actions: readonly string[];
  readonly service: string;
  /** The parameter that names the resource. */
  readonly parameter: string;
  /** What stands before the name in an ARN. */
  readonly kind: string;
  /** What stands behind it, for one resource more each. */
  readonly behind: readonly string[];
}

const READ_ITEMS = [
  'GetItem',
  'Scan',
  'Query',
  'BatchGetItem',
  'DescribeTable',
  'ConditionCheckItem',
];
const WRITE_ITEMS = ['PutItem', 'UpdateItem', 'BatchWriteItem'];
const ofTables = (actions: readonly string[]): PolicyTemplate => ({
  actions,
  service: 'dynamodb',
  parameter: 'TableName',
  kind: 'table/',
  behind: ['', '/index/*'],
});
const of = (service: string, parameter: string, actions: readonly string[], kind = '') => ({
  actions,
  service,
  parameter,
  kind,
  behind: [''],
});

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html */
const TEMPLATES: Readonly<Record<string, PolicyTemplate>> = {
  DynamoDBCrudPolicy: ofTables([...READ_ITEMS, ...WRITE_ITEMS, 'DeleteItem']),
  DynamoDBReadPolicy: ofTables(READ_ITEMS),
  DynamoDBWritePolicy: ofTables(WRITE_ITEMS),
  LambdaInvokePolicy: of('lambda', 'FunctionName', ['InvokeFunction'], 'function:'),
  SNSCrudPolicy: of('sns', 'TopicName', [
    'ListSubscriptionsByTopic',
    'CreateTopic',
    'SetTopicAttributes',
    'Subscribe',
    'Publish',
  ]),
  SNSPublishMessagePolicy: of('sns', 'TopicName', ['Publish']),
  SQSPollerPolicy: of('sqs', 'QueueName', [
    'ChangeMessageVisibility',
    'ChangeMessageVisibilityBatch',
    'DeleteMessage',
    'DeleteMessageBatch',
    'GetQueueAttributes',
    'ReceiveMessage',
  ]),
  SQSSendMessagePolicy: of('sqs', 'QueueName', ['SendMessage*']),
};

/** The statements of a policy template. @throws SamError */
export function policyTemplate(name: string, parameters: DataMap): Data[] {
  const template = TEMPLATES[name];
  if (template === undefined) {
    throw new SamError(
      `The local engine does not support the policy template ${name}; it has ${Object.keys(TEMPLATES).join(', ')}.`,
    );
  }
  const { actions, service, parameter, kind, behind } = template;
  const value = parameters[parameter];
  if (value === undefined) {
    throw new SamError(
      `Must specify valid parameter values for policy template '${name}': ${parameter}.`,
    );
  }
  const arn = `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${kind}\${name}`;
  const resources = behind.map((end) => ({ 'Fn::Sub': [arn + end, { name: value }] }));
  return [
    {
      Effect: 'Allow',
      Action: actions.map((action) => `${service}:${action}`),
      Resource: resources.length === 1 ? (resources[0] ?? '') : resources,
    },
  ];
}
