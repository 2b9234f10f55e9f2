import type { Command } from 'commander';

/** Of commands that work there on what the file has. */
const OF_FILE = 'Topics and queues that the file lacks are looked at on SNS and SQS alone.';

/** What RabbitMQ lacks for a command, by the command's name. */
const LACKS: Readonly<Record<string, string>> = {
  dlq: 'Look at dead letters in the management plugin, and send them back with its shovel.',
  tap: OF_FILE,
  doctor: 'See what is there, and what is not as it should be, with: pubsub setup --dry-run',
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
  let top = command;
  while (top.parent?.parent) top = top.parent;
  return LACKS[top.name()] ?? 'It works on SNS and SQS alone.';
}
