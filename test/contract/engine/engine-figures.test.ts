import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { useSns } from '../../fixtures/sns-engine.ts';

const engine = useSns();
const ask = async (path: string, method = 'GET') => {
  const response = await fetch(`${engine.running.endpoint}/_pubsub/${path}`, { method });
  return { status: response.status, text: await response.text() };
};
const json = async (path: string) => JSON.parse((await ask(path)).text);

it('figures name every queue, function and call, as Prometheus reads them', async () => {
  const { arn: dead, url: deadUrl } = await engine.queue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 1 });
  const { url: QueueUrl, arn } = await engine.queue('work', { attributes: { RedrivePolicy } });
  for (const [MessageBody, DelaySeconds] of Object.entries({ a: 0, b: 0, later: 900 })) {
    const MessageGroupId = DelaySeconds === 0 ? 'g' : undefined;
    await engine.sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds, MessageGroupId }),
    );
  }
  await engine.sqs.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody: 'd' }));
  const { Messages } = await engine.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const lambda = new LambdaClient({
    endpoint: engine.running.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'test' },
  });
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'f',
      Role: 'arn:aws:iam::111111111111:role/any',
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: 'hot-reload', S3Key: import.meta.dirname },
    }),
  );
  lambda.destroy();

  const lines = (await ask('metrics')).text.split('\n');
  expect(lines.filter((line) => line.startsWith('#'))).toEqual([
    '# HELP pubsub_requests_total Calls answered.',
    '# TYPE pubsub_requests_total counter',
    '# HELP pubsub_request_errors_total Calls answered with an error.',
    '# TYPE pubsub_request_errors_total counter',
    '# HELP pubsub_request_seconds_total Time spent on calls, long polls included.',
    '# TYPE pubsub_request_seconds_total counter',
    '# HELP pubsub_queue_messages Messages in each queue by state.',
    '# TYPE pubsub_queue_messages gauge',
    '# HELP pubsub_queue_oldest_message_seconds Age of the oldest message of each queue, as ApproximateAgeOfOldestMessage of CloudWatch.',
    '# TYPE pubsub_queue_oldest_message_seconds gauge',
    '# HELP pubsub_dead_letters Messages that can be received from the dead-letter queue of another queue.',
    '# TYPE pubsub_dead_letters gauge',
    '# HELP pubsub_queue_messages_in_quiet_groups Messages of a standard queue that belong to no noisy message group.',
    '# TYPE pubsub_queue_messages_in_quiet_groups gauge',
    '# HELP pubsub_queue_noisy_groups Message groups of a standard queue with more than their share in flight.',
    '# TYPE pubsub_queue_noisy_groups gauge',
    '# HELP pubsub_function_invocations_total Invocations that ended.',
    '# TYPE pubsub_function_invocations_total counter',
    '# HELP pubsub_function_errors_total Invocations that failed.',
    '# TYPE pubsub_function_errors_total counter',
    '# HELP pubsub_function_throttles_total Invocations refused.',
    '# TYPE pubsub_function_throttles_total counter',
    '# HELP pubsub_function_cold_starts_total Processes started.',
    '# TYPE pubsub_function_cold_starts_total counter',
    '# HELP pubsub_function_seconds_total Time spent on invocations.',
    '# TYPE pubsub_function_seconds_total counter',
    '# HELP pubsub_function_concurrent_executions Invocations under way.',
    '# TYPE pubsub_function_concurrent_executions gauge',
    '# HELP pubsub_function_environments Processes that run functions.',
    '# TYPE pubsub_function_environments gauge',
    '# HELP pubsub_mapping_up Whether an event source mapping is on and can work.',
    '# TYPE pubsub_mapping_up gauge',
    '# HELP pubsub_mapping_batches Batches of an event source mapping under way.',
    '# TYPE pubsub_mapping_batches gauge',
    '# HELP pubsub_uptime_seconds Time since the engine started.',
    '# TYPE pubsub_uptime_seconds gauge',
    '# HELP process_cpu_seconds_total CPU time of the process.',
    '# TYPE process_cpu_seconds_total counter',
    '# HELP process_resident_memory_bytes Resident memory of the process.',
    '# TYPE process_resident_memory_bytes gauge',
  ]);
  const samples = lines.filter((line) => !line.startsWith('#'));
  expect(samples.map((line) => line.replace(/(seconds|bytes)(\S*) [\d.e-]+$/, '$1$2 N'))).toEqual([
    'pubsub_requests_total{service="sqs",action="CreateQueue"} 2',
    'pubsub_requests_total{service="sqs",action="ReceiveMessage"} 1',
    'pubsub_requests_total{service="sqs",action="SendMessage"} 4',
    'pubsub_requests_total{service="sqs",action="SetQueueAttributes"} 2',
    'pubsub_requests_total{service="lambda",action="CreateFunction"} 1',
    'pubsub_request_errors_total{service="sqs",action="CreateQueue"} 0',
    'pubsub_request_errors_total{service="sqs",action="ReceiveMessage"} 0',
    'pubsub_request_errors_total{service="sqs",action="SendMessage"} 0',
    'pubsub_request_errors_total{service="sqs",action="SetQueueAttributes"} 0',
    'pubsub_request_errors_total{service="lambda",action="CreateFunction"} 0',
    'pubsub_request_seconds_total{service="sqs",action="CreateQueue"} N',
    'pubsub_request_seconds_total{service="sqs",action="ReceiveMessage"} N',
    'pubsub_request_seconds_total{service="sqs",action="SendMessage"} N',
    'pubsub_request_seconds_total{service="sqs",action="SetQueueAttributes"} N',
    'pubsub_request_seconds_total{service="lambda",action="CreateFunction"} N',
    'pubsub_queue_messages{account="111111111111",region="us-east-1",queue="dead",state="visible"} 1',
    'pubsub_queue_messages{account="111111111111",region="us-east-1",queue="dead",state="in-flight"} 0',
    'pubsub_queue_messages{account="111111111111",region="us-east-1",queue="dead",state="delayed"} 0',
    'pubsub_queue_messages{account="111111111111",region="us-east-1",queue="work",state="visible"} 1',
    'pubsub_queue_messages{account="111111111111",region="us-east-1",queue="work",state="in-flight"} 1',
    'pubsub_queue_messages{account="111111111111",region="us-east-1",queue="work",state="delayed"} 1',
    'pubsub_queue_oldest_message_seconds{account="111111111111",region="us-east-1",queue="dead"} N',
    'pubsub_queue_oldest_message_seconds{account="111111111111",region="us-east-1",queue="work"} N',
    'pubsub_dead_letters{account="111111111111",region="us-east-1",queue="dead"} 1',
    'pubsub_queue_messages_in_quiet_groups{account="111111111111",region="us-east-1",queue="work",state="visible"} 1',
    'pubsub_queue_messages_in_quiet_groups{account="111111111111",region="us-east-1",queue="work",state="in-flight"} 1',
    'pubsub_queue_messages_in_quiet_groups{account="111111111111",region="us-east-1",queue="work",state="delayed"} 1',
    'pubsub_queue_noisy_groups{account="111111111111",region="us-east-1",queue="work"} 0',
    'pubsub_function_invocations_total{account="111111111111",region="us-east-1",function="f"} 0',
    'pubsub_function_errors_total{account="111111111111",region="us-east-1",function="f"} 0',
    'pubsub_function_throttles_total{account="111111111111",region="us-east-1",function="f"} 0',
    'pubsub_function_cold_starts_total{account="111111111111",region="us-east-1",function="f"} 0',
    'pubsub_function_seconds_total{account="111111111111",region="us-east-1",function="f"} N',
    'pubsub_function_concurrent_executions{account="111111111111",region="us-east-1",function="f"} 0',
    'pubsub_function_environments{state="busy"} 0',
    'pubsub_function_environments{state="idle"} 0',
    'pubsub_uptime_seconds N',
    'process_cpu_seconds_total N',
    'process_resident_memory_bytes N',
    '',
  ]);

  const messages = (await json('queues/111111111111/us-east-1/work/messages')) as {
    messages: Record<string, unknown>[];
  };
  expect(messages).toMatchObject({ queueArn: arn, visible: 1, inFlight: 1, delayed: 1 });
  const hidden = (state: string) => ({ state, visibleAt: expect.any(Number) });
  expect(messages.messages).toMatchObject([
    {
      body: 'a',
      ...hidden('in-flight'),
      receiveCount: 1,
      messageGroupId: 'g',
      firstReceivedAt: expect.any(Number),
    },
    { body: 'b', state: 'visible', visibleAt: null, receiveCount: 0, firstReceivedAt: null },
    { body: 'later', ...hidden('delayed'), receiveCount: 0 },
  ]);
  expect(messages.messages[2]).not.toHaveProperty('messageGroupId');
  expect((await json('queues/111111111111/us-east-1/work/messages?limit=1')).messages).toHaveLength(
    1,
  );
  await engine.sqs.send(
    new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }),
  );
});

it.each([
  'nothing',
  'queues/111111111111/us-east-1/none/messages',
  'queues/1/us-east-1/work/messages',
])('there is nothing at %s', async (path) => {
  const error = `there is nothing at /_pubsub/${path}`;
  expect(await ask(path)).toEqual({ status: 404, text: `${JSON.stringify({ error })}\n` });
});

it('is asked with GET, and for its health with HEAD too', async () => {
  expect(await ask('health', 'HEAD')).toEqual({ status: 200, text: '' });
  const refusal = { status: 405, text: '{"error":"only GET is answered here"}\n' };
  expect(await ask('queues', 'POST')).toEqual(refusal);
  expect((await ask('queues', 'HEAD')).status).toBe(405);
});

it('tells what went elsewhere, the newest where there is more than asked for', async () => {
  for (const Message of ['one', 'two', 'three']) {
    await engine.sns.send(new PublishCommand({ PhoneNumber: '+15550100', Message }));
  }
  const bodies = async (query: string) =>
    (await json(`deliveries?${query}`)).deliveries.map(({ body }: { body: string }) => body);
  expect(await bodies('protocol=sms')).toEqual(['one', 'two', 'three']);
  expect(await bodies('protocol=sms&limit=2')).toEqual(['two', 'three']);
  expect(await bodies('protocol=sms&limit=0')).toEqual(['one', 'two', 'three']);
  expect(await bodies('protocol=email')).toEqual([]);
  expect(await bodies('endpoint=%2B15550100')).toHaveLength(3);
  expect(await bodies('endpoint=other')).toEqual([]);
  expect(await bodies('topic=other')).toEqual([]);
  const { last } = await json('deliveries');
  expect(await bodies(`after=${last - 1}`)).toEqual(['three']);
});
