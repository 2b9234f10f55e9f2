import type { Command } from 'commander';

/** Of commands that work there on what the file has. */
const OF_FILE = 'Topics and queues that the file lacks are looked at on SNS and SQS alone.';

/** What RabbitMQ lacks for a command, by the words of the command, or its first one. */
const LACKS: Readonly<Record<string, string>> = {
  dlq: OF_FILE,
  tap: OF_FILE,
  doctor: OF_FILE,
  trace: 'It keeps no record of the way of a message.',
  replay: 'It keeps no messages that were handed on.',
  explain: 'With --offline the rules of the file are explained.',
  adopt: 'It describes topics and queues of AWS.',
  ls: 'It lists topics and queues of AWS; see those of RabbitMQ with: rabbitmqctl list_queues',
  wait: 'It waits for a queue of the local engine.',
  functions: "Functions are Lambda's.",
  tables: "Tables are DynamoDB's.",
  alarms: "Alarms are CloudWatch's; RabbitMQ's metrics are at its plugin rabbitmq_prometheus.",
  deploy: "Stacks are CloudFormation's.",
  bench: 'It counts requests of SNS and SQS. See: rabbitmq-perf-test',
  ui: 'Its page shows SNS and SQS; that of RabbitMQ is its management plugin.',
};

/** What a command lacks on RabbitMQ, as a sentence. */
export function lackOnRabbitMq(command: Command): string {
  const words: string[] = [];
  for (let each = command; each.parent; each = each.parent) words.unshift(each.name());
  const [top = ''] = words;
  return LACKS[words.join(' ')] ?? LACKS[top] ?? 'It works on SNS and SQS alone.';
}
