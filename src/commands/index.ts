import type { CommandModule } from './command.ts';

/** A subcommand as the root knows it: enough for `pubsub --help` without loading it. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandModule>;
}

/** Every subcommand, in the order in which `pubsub --help` shows them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'watch events flow through a topic into queues; break it, find it, fix it',
    load: () => import('./demo/demo.ts'),
  },
  {
    name: 'init',
    summary: 'make a folder that runs: topology, handlers, publisher, test',
    load: () => import('./init/init.ts'),
  },
  {
    name: 'setup',
    summary: 'create or converge the topic, queues, policies and subscriptions',
    load: () => import('./setup/setup.ts'),
  },
  {
    name: 'publish',
    summary: 'publish events of any type to a topic',
    load: () => import('./publish/publish.ts'),
  },
  {
    name: 'listen',
    summary: 'tail a queue as a named subscriber and handle its events',
    load: () => import('./listen/listen.ts'),
  },
  {
    name: 'run',
    summary: "run every subscriber's handler of the topology, side by side",
    load: () => import('./run/run.ts'),
  },
  {
    name: 'tap',
    summary: "watch the topic without taking anybody's messages",
    load: () => import('./tap/tap.ts'),
  },
  {
    name: 'wait',
    summary: 'wait until a queue of the local engine has messages',
    load: () => import('./wait/wait.ts'),
  },
  {
    name: 'trace',
    summary: 'show the path of one message, from the topic through every queue',
    load: () => import('./trace/trace.ts'),
  },
  {
    name: 'adopt',
    summary: 'write a file that describes topics and queues that are there',
    load: () => import('./adopt/adopt.ts'),
  },
  {
    name: 'replay',
    summary: 'send again what was published since a time, to one subscriber or all',
    load: () => import('./replay/replay.ts'),
  },
  {
    name: 'explain',
    summary: 'show who would get an event, and which filter rejects it',
    load: () => import('./explain/explain.ts'),
  },
  {
    name: 'ls',
    summary: 'list topics and queues, and who is wired to whom',
    load: () => import('./ls/ls.ts'),
  },
  {
    name: 'status',
    summary: 'show topic, subscriptions, queues and their depths',
    load: () => import('./status/status.ts'),
  },
  {
    name: 'ui',
    summary: 'open the page: topology, messages, dead letters, doctor',
    load: () => import('./ui/ui.ts'),
  },
  {
    name: 'doctor',
    summary: 'find which hop is broken, with the evidence and the fix',
    load: () => import('./doctor/doctor.ts'),
  },
  {
    name: 'dlq',
    summary: 'look at dead letters, send them back, or drop them',
    load: () => import('./dlq/dlq.ts'),
  },
  {
    name: 'functions',
    summary: 'list functions, follow their logs, call them',
    load: () => import('./functions/functions.ts'),
  },
  {
    name: 'tables',
    summary: 'show what the tables of the topology hold',
    load: () => import('./tables/tables.ts'),
  },
  {
    name: 'alarms',
    summary: 'make the alarms that a fan-out needs, list and delete them',
    load: () => import('./alarms/alarms.ts'),
  },
  {
    name: 'deploy',
    summary: 'deploy the topology as a CloudFormation stack, or print the template',
    load: () => import('./deploy/deploy.ts'),
  },
  {
    name: 'serve',
    summary: 'serve orders over HTTP, and announce them on the topic',
    load: () => import('./serve/serve.ts'),
  },
  {
    name: 'outbox',
    summary: 'show order events that are not published yet, and retry failing ones',
    load: () => import('./outbox/outbox.ts'),
  },
  {
    name: 'platform',
    summary: 'run a shop as services: gateway, accounts, products, orders, payments',
    load: () => import('./platform/platform.ts'),
  },
  {
    name: 'export',
    summary: 'write the topology as CloudFormation, Mermaid, DOT or AsyncAPI',
    load: () => import('./export/export.ts'),
  },
  {
    name: 'cleanup',
    summary: 'remove what setup made, in the right order, and verify it',
    load: () => import('./cleanup/cleanup.ts'),
  },
  {
    name: 'local',
    summary: 'start, stop and look at the embedded engine',
    load: () => import('./local/local.ts'),
  },
  {
    name: 'bench',
    summary: 'measure rates, latency, billed requests and memory',
    load: () => import('./bench/bench.ts'),
  },
  {
    name: 'cost',
    summary: 'compute what a topology costs on AWS, with every multiplication',
    load: () => import('./cost/cost.ts'),
  },
  {
    name: 'iam',
    summary: 'print the IAM policy that a role needs, and no more',
    load: () => import('./iam/iam.ts'),
  },
  {
    name: 'whoami',
    summary: 'show target, account, region and endpoint',
    load: () => import('./whoami/whoami.ts'),
  },
  {
    name: 'trust',
    summary: 'allow a pubsub.yaml to choose where requests go',
    load: () => import('./trust/trust.ts'),
  },
  { name: 'use', summary: 'save defaults for later commands', load: () => import('./use/use.ts') },
  {
    name: 'completion',
    summary: 'complete commands, flags and names with the Tab key',
    load: () => import('./completion/completion.ts'),
  },
];
