import type { Data, DataMap } from '../template/data.ts';
import { SamError } from './sam-error.ts';

/** What a policy template allows, and on what. */
interface PolicyTemplate {
  /** Without the service. */
  readonly actions: readonly string[];
  readonly service: string;
  /** The parameter that names the resource; empty for what is about everything. */
  readonly parameter: string;
  /** What stands before the name in an ARN. */
  readonly kind: string;
  /** What stands behind it, for one resource more each. */
  readonly behind: readonly string[];
}

const READ_ITEMS = ['GetItem', 'Scan', 'Query', 'BatchGetItem', 'DescribeTable'];
const WRITE_ITEMS = ['PutItem', 'UpdateItem', 'BatchWriteItem'];
const ofTables = (actions: readonly string[]): PolicyTemplate => ({
  actions,
  service: 'dynamodb',
  parameter: 'TableName',
  kind: 'table/',
  behind: ['', '/index/*'],
});
const of = (
  service: string,
  parameter: string,
  actions: readonly string[],
  kind = '',
  end = '',
): PolicyTemplate => ({
  actions,
  service,
  parameter,
  kind,
  behind: [end],
});

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html */
const TEMPLATES: Readonly<Record<string, PolicyTemplate>> = {
  CloudWatchPutMetricPolicy: of('cloudwatch', '', ['PutMetricData']),
  DynamoDBReconfigurePolicy: of('dynamodb', 'TableName', ['UpdateTable'], 'table/'),
  EventBridgePutEventsPolicy: of('events', 'EventBusName', ['PutEvents'], 'event-bus/'),
  FilterLogEventsPolicy: of(
    'logs',
    'LogGroupName',
    ['FilterLogEvents'],
    'log-group:',
    ':log-stream:*',
  ),
  KMSDecryptPolicy: of('kms', 'KeyId', ['Decrypt'], 'key/'),
  KMSEncryptPolicy: of('kms', 'KeyId', ['Encrypt'], 'key/'),
  StepFunctionsExecutionPolicy: of(
    'states',
    'StateMachineName',
    ['StartExecution'],
    'stateMachine:',
  ),
  DynamoDBCrudPolicy: ofTables([...READ_ITEMS, ...WRITE_ITEMS, 'ConditionCheckItem', 'DeleteItem']),
  DynamoDBReadPolicy: ofTables(READ_ITEMS),
  DynamoDBWritePolicy: ofTables(WRITE_ITEMS),
  LambdaInvokePolicy: of('lambda', 'FunctionName', ['InvokeFunction'], 'function:', '*'),
  SNSCrudPolicy: of(
    'sns',
    'TopicName',
    ['ListSubscriptionsByTopic', 'CreateTopic', 'SetTopicAttributes', 'Subscribe', 'Publish'],
    '',
    '*',
  ),
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
  const Action = actions.map((each) => `${service}:${each}`);
  if (parameter === '') return [{ Effect: 'Allow', Action, Resource: '*' }];
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
      Action,
      Resource: resources.length === 1 ? (resources[0] ?? '') : resources,
    },
  ];
}
