import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../src/lib/engine/identity.ts';
import { accessDenied } from '../../../src/lib/engine/permissions/denied.ts';
import { neededPermission } from '../../../src/lib/engine/permissions/needed.ts';
import type { ServiceName } from '../../../src/lib/engine/service-name.ts';
import { taskHandle } from '../../../src/lib/engine/services/sqs/move-task.ts';

const identity = { account: '111122223333', region: 'eu-west-1' } as Identity;
const at = (service: string, name: string, account = '111122223333', region = 'eu-west-1') =>
  `arn:aws:${service}:${region}:${account}:${name}`;
const QUEUE = at('sqs', 'q');
const TOPIC = at('sns', 't');
const KEY = at('kms', 'key/k');
const FUNCTION = at('lambda', 'function:f');
const TaskHandle = taskHandle({ id: 'i', sourceArn: QUEUE } as never);
const UUID = { UUID: 'u' };

describe('what a call needs', () => {
  it.each<[ServiceName, string, object, string]>([
    [
      'sqs',
      'SendMessage',
      { QueueUrl: 'http://here/444455556666/q' },
      at('sqs', 'q', '444455556666'),
    ],
    ['sqs', 'SendMessage', { QueueUrl: 'q' }, QUEUE],
    [
      'sqs',
      'SendMessage',
      { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/444455556666/q' },
      at('sqs', 'q', '444455556666', 'us-east-1'),
    ],
    ['sqs', 'SendMessage', { QueueUrl: '/' }, '*'],
    ['sqs', 'CreateQueue', { QueueName: 'q' }, QUEUE],
    [
      'sqs',
      'GetQueueUrl',
      { QueueName: 'q', QueueOwnerAWSAccountId: '444455556666' },
      at('sqs', 'q', '444455556666'),
    ],
    ['sqs', 'ListMessageMoveTasks', { SourceArn: QUEUE }, QUEUE],
    ['sqs', 'CancelMessageMoveTask', { TaskHandle }, QUEUE],
    ['sqs', 'CancelMessageMoveTask', { TaskHandle: 'none' }, '*'],
    ['sqs', 'ListQueues', {}, '*'],
    ['sqs', 'ListQueues', { QueueName: '' }, '*'],
    ['sns', 'Publish', { TopicArn: TOPIC }, TOPIC],
    ['sns', 'Publish', { TargetArn: TOPIC }, TOPIC],
    ['sns', 'TagResource', { ResourceArn: TOPIC }, TOPIC],
    ['sns', 'Unsubscribe', { SubscriptionArn: `${TOPIC}:s` }, TOPIC],
    ['sns', 'CreateTopic', { Name: 't' }, TOPIC],
    ['sns', 'ListTopics', {}, '*'],
    ['kms', 'DescribeKey', { KeyId: 'k' }, KEY],
    ['kms', 'DescribeKey', { KeyId: KEY }, KEY],
    ['kms', 'DescribeKey', { KeyId: 'alias/a' }, at('kms', 'alias/a')],
    ['kms', 'CreateAlias', { TargetKeyId: 'k', AliasName: 'alias/a' }, KEY],
    ['kms', 'DeleteAlias', { AliasName: 'alias/a' }, at('kms', 'alias/a')],
    ['kms', 'ListKeys', {}, '*'],
    [
      'logs',
      'PutLogEvents',
      { logGroupName: 'g', logStreamName: 's' },
      at('logs', 'log-group:g:log-stream:s'),
    ],
    ['logs', 'CreateLogGroup', { logGroupName: 'g' }, at('logs', 'log-group:g:log-stream:')],
    ['logs', 'FilterLogEvents', { logGroupIdentifier: 'g' }, at('logs', 'log-group:g:log-stream:')],
    [
      'logs',
      'FilterLogEvents',
      { logGroupIdentifier: at('logs', 'log-group:g:*') },
      at('logs', 'log-group:g:log-stream:'),
    ],
    ['logs', 'DescribeLogGroups', {}, at('logs', 'log-group::log-stream:')],
    ['logs', 'TagResource', { resourceArn: at('logs', 'log-group:g') }, at('logs', 'log-group:g')],
    ['lambda', 'GetFunction', { FunctionName: 'f' }, FUNCTION],
    ['lambda', 'GetFunction', { FunctionName: 'f', Qualifier: 'live' }, `${FUNCTION}:live`],
    ['lambda', 'GetFunction', { FunctionName: `${FUNCTION}:live` }, `${FUNCTION}:live`],
    ['lambda', 'GetFunction', { FunctionName: 'f f' }, at('lambda', 'function:f f')],
    ['lambda', 'ListTags', { Resource: FUNCTION }, FUNCTION],
    ['lambda', 'GetEventSourceMapping', UUID, at('lambda', 'event-source-mapping:u')],
    [
      'lambda',
      'UpdateEventSourceMapping',
      { ...UUID, FunctionName: 'f' },
      at('lambda', 'event-source-mapping:u'),
    ],
    ['lambda', 'ListEventSourceMappings', { FunctionName: 'f' }, '*'],
    ['lambda', 'ListFunctions', {}, '*'],
    ['cloudwatch', 'DeleteAlarms', { AlarmNames: ['a'] }, at('cloudwatch', 'alarm:a')],
    ['cloudwatch', 'DeleteAlarms', { AlarmNames: ['a', 'b'] }, '*'],
    ['cloudwatch', 'PutMetricAlarm', { AlarmName: 'a' }, at('cloudwatch', 'alarm:a')],
    [
      'cloudwatch',
      'TagResource',
      { ResourceARN: at('cloudwatch', 'alarm:a') },
      at('cloudwatch', 'alarm:a'),
    ],
    ['cloudwatch', 'PutMetricData', {}, '*'],
    ['cloudformation', 'DeleteStack', { StackName: 's' }, at('cloudformation', 'stack/s/*')],
    [
      'cloudformation',
      'DeleteStack',
      { StackName: at('cloudformation', 'stack/s/1') },
      at('cloudformation', 'stack/s/1'),
    ],
    ['cloudformation', 'ListStacks', {}, '*'],
    ['apigateway', 'GetApi', { apiId: 'a' }, 'arn:aws:apigateway:eu-west-1::/apis/a'],
    ['apigateway', 'GetApis', {}, '*'],
    ['elasticloadbalancing', 'DeleteLoadBalancer', { LoadBalancerArn: 'l' }, 'l'],
    ['elasticloadbalancing', 'DeleteTargetGroup', { TargetGroupArn: 't' }, 't'],
    ['elasticloadbalancing', 'DeleteListener', { ListenerArn: 'i' }, 'i'],
    ['elasticloadbalancing', 'DescribeLoadBalancers', {}, '*'],
    ['ecs', 'DescribeTaskDefinition', { taskDefinition: 'arn:t', cluster: 'arn:c' }, 'arn:t'],
    ['ecs', 'UpdateService', { service: 'arn:s', cluster: 'arn:c' }, 'arn:s'],
    ['ecs', 'StopTask', { task: 'arn:k', cluster: 'arn:c' }, 'arn:k'],
    ['ecs', 'DeleteCluster', { cluster: 'arn:c' }, 'arn:c'],
    ['ecs', 'DeleteCluster', { cluster: 'c' }, '*'],
    ['ecs', 'TagResource', { resourceArn: 'arn:c' }, 'arn:c'],
    ['sts', 'AssumeRole', { RoleArn: 'arn:r' }, 'arn:r'],
    ['sts', 'GetCallerIdentity', {}, '*'],
  ])('%s %s of %j is for %s', (service, action, input, resource) => {
    expect(neededPermission(service, action, { ...input }, identity)).toMatchObject({
      action,
      resource,
    });
  });

  it.each<[ServiceName, string, object, string, object]>([
    ['sqs', 'SendMessageBatch', {}, 'SendMessage', {}],
    ['sns', 'PublishBatch', {}, 'Publish', {}],
    ['lambda', 'InvokeAsync', { FunctionName: 'f' }, 'InvokeFunction', {}],
    ['sqs', 'InvokeAsync', {}, 'InvokeAsync', {}],
    [
      'sns',
      'Subscribe',
      { Protocol: 'sqs', Endpoint: 'e' },
      'Subscribe',
      { 'sns:Protocol': 'sqs', 'sns:Endpoint': 'e' },
    ],
    ['sns', 'Subscribe', {}, 'Subscribe', {}],
    ['sns', 'Publish', { Protocol: 'sqs' }, 'Publish', {}],
    [
      'lambda',
      'CreateEventSourceMapping',
      { FunctionName: 'f' },
      'CreateEventSourceMapping',
      { 'lambda:FunctionArn': FUNCTION },
    ],
    [
      'lambda',
      'ListEventSourceMappings',
      { FunctionName: 'f:live' },
      'ListEventSourceMappings',
      { 'lambda:FunctionArn': `${FUNCTION}:live` },
    ],
    ['lambda', 'ListEventSourceMappings', {}, 'ListEventSourceMappings', {}],
    ['sqs', 'ListEventSourceMappings', { FunctionName: 'f' }, 'ListEventSourceMappings', {}],
  ])('%s %s of %j is %s with the keys %j', (service, name, input, action, keys) => {
    expect(neededPermission(service, name, { ...input }, identity)).toMatchObject({ action });
    expect(neededPermission(service, name, { ...input }, identity).keys).toEqual(keys);
  });
});

it.each<[ServiceName, number, string, string, string]>([
  ['sqs', 403, 'AccessDeniedException', 'AccessDenied', 'sqs:sendit'],
  ['sns', 403, 'AuthorizationError', 'AuthorizationError', 'SNS:SendIt'],
  ['sts', 403, 'AccessDenied', 'AccessDenied', 'sts:SendIt'],
  ['cloudformation', 403, 'AccessDenied', 'AccessDenied', 'cloudformation:SendIt'],
  ['cloudwatch', 403, 'AccessDenied', 'AccessDenied', 'cloudwatch:SendIt'],
  ['elasticloadbalancing', 403, 'AccessDenied', 'AccessDenied', 'elasticloadbalancing:SendIt'],
  ['lambda', 403, 'AccessDeniedException', 'AccessDeniedException', 'lambda:SendIt'],
  ['apigateway', 403, 'AccessDeniedException', 'AccessDeniedException', 'apigateway:SendIt'],
  ['ecs', 400, 'AccessDeniedException', 'AccessDeniedException', 'ecs:SendIt'],
  ['kms', 400, 'AccessDeniedException', 'AccessDeniedException', 'kms:SendIt'],
  ['logs', 400, 'AccessDeniedException', 'AccessDeniedException', 'logs:SendIt'],
])('%s refuses with %i %s, in its own words', (service, status, code, queryCode, permission) => {
  const needed = { action: 'SendIt', resource: 'r', keys: {} };
  const error = accessDenied(service, 'me', needed, 'because {action} is not allowed');
  expect(error).toMatchObject({
    status,
    code,
    queryCode,
    message: `User: me is not authorized to perform: ${permission} on resource: r because ${permission} is not allowed`,
  });
});
