import { queueNameFromUrl } from '../../../src/lib/rules/names.ts';
import type { RecordedCall } from '../../fixtures/call-recorder.ts';

/** What IAM asks of a caller for one call. */
export interface Need {
  readonly action: string;
  readonly resource: string;
}

/** Calls that another action than their own allows (API references of SNS and SQS). */
const ALLOWED_BY: Readonly<Record<string, string>> = {
  PublishBatch: 'Publish',
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  Invoke: 'InvokeFunction',
};

/** What a call on functions, tables or logs is about; `*` where AWS holds it to no resource. */
function functionResource(
  { service, action, params }: RecordedCall,
  arn: (service: string, name: string) => string,
): string {
  if (service === 'dynamodb') {
    return params.ResourceArn ?? arn('dynamodb', `table/${params.TableName}`);
  }
  if (service === 'logs') {
    const group = params.logGroupName;
    return group === undefined ? (params.resourceArn ?? '*') : arn('logs', `log-group:${group}:*`);
  }
  if (params.UUID !== undefined) return arn('lambda', `event-source-mapping:${params.UUID}`);
  if (/EventSourceMappings?$/.test(action)) return '*';
  return params.Resource ?? arn('lambda', `function:${params.FunctionName}`);
}

/**
 * What IAM asks for, call by call, where resources are those of one account and region.
 * @param beside the ARN of a queue there.
 */
export function needsOf(calls: readonly RecordedCall[], beside: string): Need[] {
  const queueArn = (name: string): string => beside.slice(0, beside.lastIndexOf(':') + 1) + name;
  let moveSource = '';
  return calls.flatMap(({ service, action: called, params }): Need[] => {
    if (service === 'sts') return [];
    const action = `${service}:${ALLOWED_BY[called] ?? called}`;
    if (service === 'sns') {
      const created = queueArn(params.Name ?? '').replace(':sqs:', ':sns:');
      const resource = params.TopicArn ?? params.ResourceArn ?? params.SubscriptionArn;
      const tagged = Object.keys(params).some((key) => key.startsWith('Tags.'));
      if (called !== 'CreateTopic') return [{ action, resource: resource ?? '*' }];
      return [
        { action, resource: created },
        ...(tagged ? [{ action: 'sns:TagResource', resource: created }] : []),
      ];
    }
    if (service === 'monitoring') {
      const { AlarmName, AlarmNames, ResourceARN } = params;
      const alarm = (name: string) => queueArn(`alarm:${name}`).replace(':sqs:', ':cloudwatch:');
      const need = (action: string, resource: string) => ({
        action: `cloudwatch:${action}`,
        resource,
      });
      if (called === 'DescribeAlarms') return [need(called, '*')];
      if (called === 'PutMetricAlarm') {
        return [called, 'TagResource'].map((each) => need(each, alarm(AlarmName ?? '')));
      }
      const names = AlarmNames === undefined ? [] : [AlarmNames].flat();
      return ResourceARN === undefined
        ? names.map((name) => need(called, alarm(name)))
        : [need(called, ResourceARN)];
    }
    if (service === 'kms') {
      const { KeyId = '' } = params;
      const key = queueArn(`key/${KeyId}`).replace(':sqs:', ':kms:');
      return [{ action, resource: KeyId.startsWith('arn:') ? KeyId : key }];
    }
    if (['lambda', 'dynamodb', 'logs'].includes(service)) {
      const arn = (of: string, name: string) => queueArn(name).replace(':sqs:', `:${of}:`);
      const resource = functionResource({ service, action: called, params }, arn);
      const tagged = /^Create(Function|Table|LogGroup)$/.test(called);
      return [
        { action, resource },
        ...(tagged
          ? [{ action: `${service}:TagResource`, resource: resource.replace(/:\*$/, '') }]
          : []),
      ];
    }
    const { QueueUrl, QueueName, SourceArn, DestinationArn, tags } = params;
    const named = QueueName ?? (QueueUrl === undefined ? undefined : queueNameFromUrl(QueueUrl));
    if (SourceArn !== undefined) moveSource = SourceArn;
    const resource = named === undefined ? moveSource : queueArn(named);
    if (called === 'ListQueues') return [{ action, resource: '*' }];
    if (/MessageMoveTasks?$/.test(called)) {
      const also = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];
      return [
        { action, resource },
        ...also.map((each) => ({ action: `sqs:${each}`, resource })),
        ...(DestinationArn ? [{ action: 'sqs:SendMessage', resource: DestinationArn }] : []),
      ];
    }
    return [{ action, resource }, ...(tags ? [{ action: 'sqs:TagQueue', resource }] : [])];
  });
}
