import { Agent, request } from 'node:http';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  CreatePlatformApplicationCommand,
  CreatePlatformEndpointCommand,
  CreateSMSSandboxPhoneNumberCommand,
  CreateTopicCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningEngine, startEngine } from '../../../src/lib/engine/http/server.ts';
import { createTable } from '../../fixtures/orders-table.ts';
import { inputVariants, type Seeds, type Variant } from '../../fixtures/service-models/inputs.ts';
import { loadModel, type Model, type ModelOperation } from '../../fixtures/service-models/model.ts';
import { fromXml, parseXml, queryForm, textAt } from '../../fixtures/service-models/query.ts';
import { sqsQueryModel } from '../../fixtures/service-models/sqs-query.ts';
import { problemsOf } from '../../fixtures/service-models/validate.ts';

// Every action of every service, with inputs made from the service's API model. The test knows nothing of what an action
// does: only that its answer has the model's shape, and that an error is one that the service has.

type ServiceName = 'sqs' | 'sns' | 'sts' | 'kms' | 'logs' | 'dynamodb';

const JSON_TARGETS: Partial<Record<ServiceName, string>> = {
  sqs: 'AmazonSQS',
  kms: 'TrentService',
  logs: 'Logs_20140328',
  dynamodb: 'DynamoDB_20120810',
};

/** Errors of the framework and of the service that no action lists. */
const COMMON: Readonly<Record<ServiceName, readonly string[]>> = {
  sqs: [
    'InvalidParameterValueException',
    'MissingRequiredParameterException',
    'SerializationException',
    'InvalidAttributeName',
    'InvalidAttributeValue',
    'AccessDeniedException',
    'OverLimit',
    'InvalidParameterValue',
    'MissingParameter',
    'MalformedInput',
  ],
  sns: [
    'ValidationError',
    'InvalidParameter',
    'InvalidParameterValue',
    'MalformedInput',
    'UnsupportedOperation',
    'MissingParameter',
  ],
  sts: ['ValidationError', 'MalformedInput', 'UnsupportedOperation', 'MissingParameter'],
  kms: [
    'ValidationException',
    'SerializationException',
    'UnsupportedOperationException',
    'AccessDeniedException',
    // Keys are looked for in one way by all actions; CreateAlias doesn't list it.
    'InvalidArnException',
  ],
  // Not every action lists what all of them may answer.
  logs: ['InvalidParameterException', 'ResourceNotFoundException', 'SerializationException'],
  dynamodb: ['ValidationException', 'SerializationException'],
};

/** Actions whose valid input made from the model alone is about nothing that is there. */
const NEEDS_MORE: ReadonlySet<string> = new Set([
  'CancelMessageMoveTask',
  'RemovePermission',
  'CancelKeyDeletion',
  'PutKeyPolicy',
]);

let running: RunningEngine;
let bugs: unknown[];
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  bugs = [];
  running = await startEngine({ onBug: (error) => bugs.push(error), strictTimings: false });
});

afterAll(async () => {
  agent.destroy();
  await running.stop();
});

interface Reply {
  readonly status: number;
  readonly body: string;
}

function post(headers: Record<string, string>, body: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request(running.endpoint, { method: 'POST', headers, agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (more: string) => {
        text += more;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
    });
    sent.on('error', reject).end(body);
  });
}

/** An answer with its value, or with its error's code and message. */
interface Answer extends Reply {
  readonly value?: unknown;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

async function callJson(target: string, action: string, input: unknown): Promise<Answer> {
  const headers = {
    'X-Amz-Target': `${target}.${action}`,
    'Content-Type': 'application/x-amz-json-1.0',
    // Unlike the others, DynamoDB looks whether there is a signature.
    'X-Amz-Date': '20260101T000000Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  };
  const reply = await post(headers, JSON.stringify(input));
  const value: unknown = reply.body === '' ? {} : JSON.parse(reply.body);
  if (reply.status === 200) return { ...reply, value };
  const { __type: type = '', message } = value as { __type?: string; message?: string };
  return { ...reply, code: type.split('#').at(-1), message };
}

async function callQuery(model: Model, action: string, input: unknown): Promise<Answer> {
  const operation = model.operations[action];
  const form = queryForm(model, operation?.input ?? null, input);
  form.set('Action', action);
  form.set('Version', model.version);
  const reply = await post(
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    form.toString(),
  );
  const document = parseXml(reply.body);
  if (reply.status !== 200) {
    const error = (name: string) => textAt(document, 'Error', name);
    return { ...reply, code: error('Code'), message: error('Message') };
  }
  const result = document.children.find(({ name }) => name === `${action}Result`);
  const output = operation?.output ?? null;
  return {
    ...reply,
    value: output === null || result === undefined ? {} : fromXml(model, output, result),
  };
}

let made = 0;

/** What the inputs of one action need to be about something that is there. */
async function seedsOf(service: ServiceName, action: string): Promise<Seeds> {
  made += 1;
  const client = {
    endpoint: running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const QueueName = `walk-${made}`;
  const arn = (kind: string, name: string) => `arn:aws:${kind}:us-east-1:000000000000:${name}`;
  if (service === 'sqs') {
    const sqs = new SQSClient(client);
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: arn('sqs', QueueName),
      maxReceiveCount: 5,
    });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    await sqs.send(
      new CreateQueueCommand({ QueueName: `${QueueName}-source`, Attributes: { RedrivePolicy } }),
    );
    // A receive must never wait: there is always something to receive.
    for (let i = 0; i < 5; i += 1)
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }),
    );
    sqs.destroy();
    const seeds: Record<string, unknown> = {
      QueueUrl,
      QueueName: action === 'GetQueueUrl' ? QueueName : `${QueueName}-new`,
      ReceiptHandle: Messages[0]?.ReceiptHandle,
      SourceArn: arn('sqs', QueueName),
      AWSAccountIds: ['210987654321'],
      Actions: ['SendMessage'],
      DataType: 'String',
      StringValue: 'v',
      ...(action === 'ReceiveMessage' ? { VisibilityTimeout: 0 } : {}),
      ...(action === 'SetQueueAttributes' ? { Attributes: { DelaySeconds: '0' } } : {}),
      ...(action === 'ReceiveMessage' || action === 'GetQueueAttributes'
        ? { AttributeNames: ['All'] }
        : {}),
    };
    return (member) => seeds[member];
  }
  if (service === 'sns') {
    const sns = new SNSClient(client);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: QueueName }));
    const Endpoint = arn('sqs', QueueName);
    const { SubscriptionArn } = await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }),
    );
    await sns.send(
      new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: `${QueueName}@example.com` }),
    );
    const [mail] = running.engine.sns.sink.find({ topicArn: TopicArn });
    const { PlatformApplicationArn } = await sns.send(
      new CreatePlatformApplicationCommand({
        Name: QueueName,
        Platform: 'GCM',
        Attributes: { PlatformCredential: 'secret' },
      }),
    );
    const { EndpointArn } = await sns.send(
      new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token: 'walked' }),
    );
    const PhoneNumber = '+15551234567';
    const isSandbox = /SMSSandboxPhoneNumber$/.test(action);
    if (isSandbox) await sns.send(new CreateSMSSandboxPhoneNumberCommand({ PhoneNumber }));
    const code = running.engine.sns.sink.find({ endpoint: PhoneNumber }).at(-1)?.body.slice(-6);
    sns.destroy();
    const seeds: Record<string, unknown> = {
      ...(isSandbox ? { PhoneNumber, OneTimePassword: code } : {}),
      TopicArn,
      SubscriptionArn,
      ResourceArn: TopicArn,
      Protocol: 'sqs',
      Endpoint,
      Name: `${QueueName}-new`,
      PlatformApplicationArn,
      EndpointArn,
      Platform: 'GCM',
      phoneNumber: '+15551234567',
      DataProtectionPolicy: '{}',
      ...(action === 'ConfirmSubscription' ? { Token: mail?.token } : {}),
      ...(action === 'CreatePlatformApplication'
        ? { Attributes: { PlatformCredential: 'secret' } }
        : {}),
      ...(action === 'SetPlatformApplicationAttributes'
        ? { Attributes: { SuccessFeedbackSampleRate: '1' } }
        : {}),
      ...(action === 'SetEndpointAttributes' ? { Attributes: { CustomUserData: 'x' } } : {}),
      ...(action === 'SetSMSAttributes' ? { attributes: { MonthlySpendLimit: '1' } } : {}),
      DataType: 'String',
      StringValue: 'v',
      AWSAccountId: ['210987654321'],
      ActionName: ['Publish'],
      ...(action.startsWith('SetTopic')
        ? { AttributeName: 'DisplayName', AttributeValue: 'x' }
        : {}),
      ...(action.startsWith('SetSubscription')
        ? { AttributeName: 'RawMessageDelivery', AttributeValue: 'true' }
        : {}),
    };
    return (member) => seeds[member];
  }
  if (service === 'kms') {
    const kms = new KMSClient(client);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(
      new CreateAliasCommand({ AliasName: `alias/${QueueName}`, TargetKeyId: KeyMetadata?.KeyId }),
    );
    kms.destroy();
    const seeds: Record<string, unknown> = {
      KeyId: KeyMetadata?.KeyId,
      TargetKeyId: KeyMetadata?.KeyId,
      AliasName: `alias/${QueueName}${action === 'CreateAlias' ? '-new' : ''}`,
    };
    return (member) => seeds[member];
  }
  if (service === 'logs') {
    const logs = new CloudWatchLogsClient(client);
    const group = { logGroupName: `/${QueueName}` };
    const stream = { ...group, logStreamName: 'stream' };
    await logs.send(new CreateLogGroupCommand(group));
    await logs.send(new CreateLogStreamCommand(stream));
    logs.destroy();
    const seeds: Record<string, unknown> = {
      logGroupName: `${group.logGroupName}${action === 'CreateLogGroup' ? '-new' : ''}`,
      logStreamName: `stream${action === 'CreateLogStream' ? '-new' : ''}`,
      resourceArn: `arn:aws:logs:us-east-1:000000000000:log-group:${group.logGroupName}`,
      timestamp: Date.now(),
      retentionInDays: 7,
    };
    return (member) => seeds[member];
  }
  if (service === 'dynamodb') {
    const tables = new DynamoDBClient(client);
    const key = { AttributeName: 'id', AttributeType: 'S' } as const;
    const table = await createTable(tables, {
      TableName: QueueName,
      AttributeDefinitions: [key],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    });
    tables.destroy();
    const item = { id: { S: 'x' } };
    const seeds: Record<string, unknown> = {
      TableName: `${QueueName}${action === 'CreateTable' ? '-new' : ''}`,
      ResourceArn: table?.TableArn,
      Item: item,
      Key: action === 'TagResource' ? 'team' : item,
      RequestItems: {
        [QueueName]:
          action === 'BatchGetItem' ? { Keys: [item] } : [{ PutRequest: { Item: item } }],
      },
      ...(action === 'CreateTable'
        ? {
            AttributeDefinitions: [key],
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            BillingMode: 'PAY_PER_REQUEST',
          }
        : {}),
      ...(action === 'UpdateTable' ? { BillingMode: 'PAY_PER_REQUEST' } : {}),
      ...(action === 'Query'
        ? { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: 'x' } } }
        : {}),
    };
    return (member) => seeds[member];
  }
  const seeds: Record<string, unknown> = {
    RoleArn: 'arn:aws:iam::000000000000:role/walker',
    RoleSessionName: 'walk',
  };
  return (member) => seeds[member];
}

/** The suite walks every fourth input, of tables every sixteenth, and all of them with PUBSUB_PROOF_WALK=all. */
function isWalked(service: ServiceName, { what, incomplete }: Variant, index: number): boolean {
  const walksAll = process.env.PUBSUB_PROOF_WALK === 'all';
  return (
    walksAll ||
    what === 'valid' ||
    incomplete === true ||
    index % (service === 'dynamodb' ? 16 : 4) === 0
  );
}

/** What is wrong with an answer; undefined where nothing is. */
function wrongWith(
  model: Model,
  service: ServiceName,
  action: string,
  operation: ModelOperation,
  answer: Answer,
  variant: Variant,
) {
  if (service === 'dynamodb') return wrongWithTables(answer, variant);
  if (answer.status === 200) {
    if (variant.incomplete) return 'was taken without a required member';
    const problems =
      operation.output === null ? [] : problemsOf(model, operation.output, answer.value);
    return problems.length === 0 ? undefined : problems.slice(0, 3).join('; ');
  }
  const { code = '', message = '', status } = answer;
  if (
    variant.what === 'valid' &&
    !NEEDS_MORE.has(action) &&
    !code.startsWith('UnsupportedOperation')
  ) {
    return `was refused: ${code} ${message}`;
  }
  if (status >= 500) return `${status} ${code} ${message}`;
  if (message === '' && code !== 'SerializationException') return `${code} without a message`;
  const name = code
    .replace('AWS.SimpleQueueService.', '')
    .replace('NonExistentQueue', 'QueueDoesNotExist')
    .replace('QueueAlreadyExists', 'QueueNameExists');
  const modelled = operation.errors.find(([shape, query]) => name === shape || code === query);
  if (modelled === undefined)
    return COMMON[service].includes(code)
      ? undefined
      : `the unknown error ${status} ${code}: ${message}`;
  // The model of SQS has no statuses.
  const [, , expected] = modelled;
  return service === 'sqs' || status === expected ? undefined : `${code} has the status ${status}`;
}

/**
 * Tables are kept by a library: its answers are only looked at for errors. Where an input ends its process, the answer has
 * to say so.
 */
function wrongWithTables({ status, code = '', message = '' }: Answer, variant: Variant) {
  if (status === 200) return variant.incomplete ? 'was taken without a required member' : undefined;
  if (variant.what === 'valid') return `was refused: ${code} ${message}`;
  if (status < 500) return code === '' ? `${status} without a code` : undefined;
  return /^The process that keeps the tables ended .* no table is lost\.$/.test(message)
    ? undefined
    : `${status} ${code} ${message}`;
}

const SERVICES: readonly (readonly [ServiceName, 'JSON' | 'Query', Model])[] = [
  ['sqs', 'JSON', loadModel('sqs')],
  ['sqs', 'Query', sqsQueryModel()],
  ['sns', 'Query', loadModel('sns')],
  ['sts', 'Query', loadModel('sts')],
  ['kms', 'JSON', loadModel('kms')],
  ['logs', 'JSON', loadModel('logs')],
  ['dynamodb', 'JSON', loadModel('dynamodb')],
];

describe.each(SERVICES)('%s in the %s protocol', (service, protocol, model) => {
  it.each(Object.keys(model.operations))(
    '%s answers every input as its model says',
    async (action) => {
      const operation = model.operations[action];
      if (operation === undefined) throw new Error(action);
      const seeds = await seedsOf(service, action);
      const all: Variant[] =
        operation.input === null
          ? [{ what: 'valid', value: {} }]
          : inputVariants(model, operation.input, seeds);
      const variants = all.filter((each, index) => isWalked(service, each, index));
      const target = protocol === 'JSON' ? JSON_TARGETS[service] : undefined;
      const wrong: string[] = [];
      for (const variant of variants) {
        const answer =
          target === undefined
            ? await callQuery(model, action, variant.value)
            : await callJson(target, action, variant.value);
        const found = wrongWith(model, service, action, operation, answer, variant);
        if (found !== undefined) wrong.push(`${variant.what} → ${found}`);
      }
      expect(wrong).toEqual([]);
      expect(bugs).toEqual([]);
    },
    120_000,
  );
});
