import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api';
import { nameOfArn, queueNameFromUrl } from '../rules/names.ts';

/** What a span's operation is, in the words of the conventions and in those of SNS and SQS. */
export type OperationType = 'create' | 'send' | 'receive' | 'process' | 'settle';

/** Attributes of spans about a topic ("Semantic conventions for AWS SNS"). */
export function topicAttributes(topicArn: string, type: OperationType, name: string): Attributes {
  const operation = { 'messaging.operation.type': type, 'messaging.operation.name': name };
  // An exchange has no ARN ("Semantic conventions for RabbitMQ").
  if (!topicArn.startsWith('arn:')) {
    return {
      'messaging.system': 'rabbitmq',
      ...operation,
      'messaging.destination.name': topicArn,
    };
  }
  return {
    'messaging.system': 'aws.sns',
    ...operation,
    'messaging.destination.name': nameOfArn(topicArn),
    'aws.sns.topic.arn': topicArn,
  };
}

/** Attributes of spans about a queue ("Semantic conventions for AWS SQS"). */
export function queueAttributes(queueUrl: string, type: OperationType, name: string): Attributes {
  const isSqs = !/^amqps?:/.test(queueUrl);
  return {
    'messaging.system': isSqs ? 'aws_sqs' : 'rabbitmq',
    'messaging.operation.type': type,
    'messaging.operation.name': name,
    'messaging.destination.name': queueNameFromUrl(queueUrl),
    ...(isSqs ? { 'aws.sqs.queue.url': queueUrl } : {}),
    ...serverAttributes(queueUrl),
  };
}

/** What says how many messages an operation is about: of a single one, its id. */
export function countAttributes(messages: readonly { readonly messageId: string }[]): Attributes {
  const [first, second] = messages;
  return first !== undefined && second === undefined
    ? { 'messaging.message.id': first.messageId }
    : { 'messaging.batch.message_count': messages.length };
}

function serverAttributes(url: string): Attributes {
  if (!URL.canParse(url)) return {};
  const { hostname, port, protocol } = new URL(url);
  const known = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return { 'server.address': hostname, 'server.port': known };
}

/** Marks a span as failed. @param type the error's class or code. @param message what went wrong, in words. */
export function markFailed(span: Span, type: string, message: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
