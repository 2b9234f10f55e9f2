import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import type { MadeCall } from '../../lib/aws/made-calls.ts';
import { notOnRabbitMq, withoutPassword } from '../../lib/config/broker.ts';
import { standardTopology, topologyOf } from '../../lib/config/topology.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { DemoOptions, Pace } from '../../lib/demo/demo.ts';
import type { DemoResult } from '../../lib/demo/demo-event.ts';
import type { Scenario } from '../../lib/demo/scenario.ts';
import { EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import type { Transport } from '../../lib/transport/transport.ts';
import { awsCommand } from '../../lib/ui/aws-command.ts';
import { renderDemoEvent, renderDemoResult } from '../../lib/ui/demo.ts';
import { confirm, waitForEnter } from '../../lib/ui/prompts.ts';
import { addExamples, type CommandContext, globalFlags, type Runner } from '../command.ts';
import { commandLine, pubsubCommand } from '../command-line.ts';
import { type Connection, connectTo } from '../connect.ts';
import { openTransport } from '../transport.ts';
import { startDemoApi } from './api.ts';
import { openDemoPage } from './page.ts';
import { reactionOf, scenarioOf } from './scenario.ts';

const PACES: readonly Pace[] = ['normal', 'fast'];
const COLUMNS = 80;

interface DemoFlags {
  readonly pace: string;
  readonly keep?: boolean;
  readonly viaApi?: boolean;
  readonly step?: boolean;
  readonly ui?: boolean;
  readonly showAws?: boolean;
  readonly lang?: string;
}

/** `pubsub demo` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub demo',
      'pubsub demo --step --show-aws',
      'pubsub demo --ui --step',
      'pubsub demo --topology weather',
      'pubsub demo --topology order-notifications --lang python',
      'pubsub demo --via-api',
      'pubsub demo --target rabbitmq',
      'pubsub demo --pace fast --json',
    ],
    'pubsub setup, to have it for yourself',
  )
    .option('--pace <pace>', 'normal leaves time to read, fast does not', 'normal')
    .option('--step', 'wait for Enter between the steps')
    .option('--ui', 'show it on a page in the browser as well')
    .option('--show-aws', 'show the aws commands that do the same')
    .option('--via-api', 'create the orders over HTTP, through the order API and its outbox')
    .option('--lang <language>', `of functions: ${Object.keys(LANGUAGES).join(' or ')}`)
    .option('--keep', 'leave everything in place at the end')
    .action((flags: DemoFlags) => run(command, (context) => demo(command, context, flags)));
}

type AdvanceClock = NonNullable<DemoOptions['advanceClock']>;

/** Runtimes of functions by language. */
const LANGUAGES: Readonly<Record<string, string>> = { node: 'nodejs24.x', python: 'python3.13' };

/** A demo that is about to run. */
interface Demo {
  readonly topology: Topology;
  readonly scenario: Scenario;
  readonly prefix: string;
  readonly flags: DemoFlags;
  readonly pace: Pace;
  readonly advanceClock?: AdvanceClock | undefined;
}

async function demo(
  command: Command,
  context: CommandContext,
  flags: DemoFlags,
): Promise<ExitCode> {
  const pace = PACES.find((known) => known === flags.pace);
  if (!pace) {
    throw usageError(`Unknown pace "${flags.pace}".`, `Use --pace ${PACES.join(' or --pace ')}.`);
  }
  if (flags.step && !context.printer.interactive) {
    throw usageError(
      '--step waits for Enter, and nobody can press it here.',
      'Leave --step out, or use a terminal.',
    );
  }
  const prefix = demoPrefix(context, globalFlags(command).prefix);
  const { settings } = context;
  const onRabbitMq = settings.target.kind === 'rabbitmq';
  if (onRabbitMq) refuseOnRabbitMq(flags);
  const { project } = settings;
  // A project's own topology as it is; of one that comes with this tool, what its demo knows.
  const isOwn = project.written.topics !== undefined && project.topology === settings.topology;
  const found = await (isOwn
    ? topologyOf({ ...settings, prefix })
    : standardTopology(settings, 'demo', prefix));
  const topology = inLanguage(found, flags.lang);
  const scenario = await scenarioOf(topology, onRabbitMq);
  if (flags.viaApi && scenario.api.length === 0) {
    throw usageError(
      `The topology ${topology.name} has no demo through the order API.`,
      'Leave --via-api out, or use --topology orders.',
    );
  }
  const { keep = false } = flags;
  return withTarget(context, keep, (transport, advanceClock) =>
    demonstrate(command, context, transport, {
      topology,
      scenario,
      prefix,
      flags,
      pace,
      advanceClock,
    }),
  );
}

/** What flags show of AWS, and RabbitMQ has not. */
const LACKS = {
  showAws: '--show-aws shows commands of the AWS CLI.',
  ui: '--ui shows SNS and SQS; the page of RabbitMQ is its management plugin.',
  viaApi: '--via-api goes through the API of pubsub serve, which publishes to SNS.',
  lang: "--lang is for functions, which are Lambda's.",
} as const;

/** @throws AppError `NotOnRabbitMq` (exit 2) for a flag that can't be heeded there. */
function refuseOnRabbitMq(flags: DemoFlags): void {
  for (const flag of ['showAws', 'ui', 'viaApi', 'lang'] as const) {
    if (flags[flag] !== undefined) throw notOnRabbitMq(LACKS[flag]);
  }
}

/** A topology whose functions are in another language. @throws AppError (exit 2) where it has none. */
function inLanguage(topology: Topology, language: string | undefined): Topology {
  if (language === undefined) return topology;
  const runtime = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
  if (runtime === undefined) {
    throw usageError(
      `Unknown language "${language}".`,
      `Use --lang ${Object.keys(LANGUAGES).join(' or --lang ')}.`,
    );
  }
  if (topology.functions.length === 0) {
    throw usageError(
      `The topology ${topology.name} has no functions, so --lang has no effect.`,
      'Leave it out, or use --topology order-notifications.',
    );
  }
  return { ...topology, functions: topology.functions.map((each) => ({ ...each, runtime })) };
}

/** Names of its own: what the user asked for, else a fresh one, so that nobody's resources are met. */
function demoPrefix({ settings }: CommandContext, flag: string | undefined): string {
  if (flag) return flag;
  const fresh = `demo-${randomBytes(2).toString('hex')}`;
  return settings.prefix ? `${settings.prefix}-${fresh}` : fresh;
}

/**
 * On `local` the demo brings an engine of its own, in this process, and leaves no trace; with `--keep` it uses the one
 * in the background, which stays.
 */
async function withTarget(
  context: CommandContext,
  keep: boolean,
  body: (transport: Transport, advanceClock?: AdvanceClock) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (context.settings.target.kind !== 'local' || keep) return body(await openTransport(context));
  const [{ startEngine }, { awsTransport }] = await Promise.all([
    import('../../lib/engine/http/server.ts'),
    import('../../lib/transport/aws-transport.ts'),
  ]);
  const engine = await startEngine();
  try {
    const { clockOf } = await import('../../lib/engine/control/clock-control.ts');
    const clock = clockOf(engine.engine);
    const advance: AdvanceClock = (seconds) => clock.advance(seconds * 1000);
    return await body(awsTransport(await connectTo(context, engine.endpoint)), advance);
  } finally {
    await engine.stop();
  }
}

async function demonstrate(
  command: Command,
  context: CommandContext,
  transport: Transport,
  { topology, scenario, prefix, flags, pace, advanceClock }: Demo,
): Promise<ExitCode> {
  const { io, printer, settings } = context;
  const { identity, aws: connection } = transport;
  const view = { topology, style: printer.style, onRabbitMq: connection === undefined };
  if (identity.target === 'aws' && !context.yes) {
    const question = `Create and remove demo resources in account ${identity.account}, ${identity.region}?`;
    if (!(await confirm(io, printer, question))) {
      printer.note('Nothing was created.');
      return EXIT.done;
    }
  }
  if (flags.showAws && connection) await showCalls(context, connection, topology);
  const { keep = false, viaApi = false, step = false } = flags;
  const page =
    flags.ui && connection ? await openDemoPage(command, context, connection, topology) : undefined;
  const nextStep = (): Promise<void> => {
    page?.waits();
    return waitForEnter(io);
  };
  const options: DemoOptions = {
    transport,
    topology,
    scenario,
    // Whoever presses Enter has read.
    pace: step ? 'fast' : pace,
    keep,
    stop: io.interrupts.stop,
    reactionOf: (subscriber) => reactionOf(topology, subscriber),
    ...(advanceClock && { advanceClock }),
    ...(step && { betweenSteps: nextStep }),
    ...(viaApi && connection && { startApi: (topicArn) => startDemoApi(connection.aws, topicArn) }),
    onEvent: (event) => {
      page?.tell(event);
      for (const line of renderDemoEvent(event, view)) printer.text(line);
    },
  };
  const { runDemo } = await import('../../lib/demo/demo.ts');
  let result: DemoResult;
  try {
    // The browser takes its time, and so does who looks at the page at the end.
    if (page && printer.interactive) {
      page.waits('The demo begins');
      await waitForEnter(io, 'Enter to begin');
    }
    result = await runDemo(options, settings.stateDir);
    printer.document(result);
    for (const line of renderDemoResult(result, view)) printer.text(line);
    // Ctrl-C closes it as well: the demo itself is over.
    if (page && printer.interactive) {
      await waitForEnter(io, 'Enter to close the page').catch(() => undefined);
    }
  } finally {
    await page?.close();
  }
  const { topology: named, target, prefix: given } = globalFlags(command);
  if (keep) {
    const words = given ? 'cleanup' : `cleanup --prefix ${shellWord(prefix)}`;
    printer.note(`Kept. Remove it with: ${commandLine(command, words)}`);
  } else if (result.ok) {
    const pubsub = pubsubCommand(io);
    const of = named === undefined ? '' : ` --topology ${named}`;
    const at =
      connection || target === undefined ? '' : ` --target ${shellWord(withoutPassword(target))}`;
    printer.note(`Next: ${pubsub} setup${of}${at}${viaApi ? `, then ${pubsub} serve` : ''}`);
  }
  return result.ok ? EXIT.done : EXIT.failed;
}

/** Shows each call that changes something as a command of the AWS CLI, beneath what it brings about. */
async function showCalls(
  { printer }: CommandContext,
  { aws, identity }: Connection,
  { functions }: Topology,
): Promise<void> {
  const { observeCalls, observeFunctionCalls } = await import('../../lib/aws/made-calls.ts');
  if (identity.endpoint) {
    printer.text(printer.style.dim(`aws means: aws --endpoint-url ${identity.endpoint}`));
  }
  const show = (call: MadeCall): void => {
    const lines = awsCommand(call, COLUMNS - 5);
    lines.forEach((line, index) => {
      printer.text(printer.style.dim(`   ${index === 0 ? '$' : ' '} ${line}`));
    });
  };
  observeCalls(aws, show);
  if (functions.length > 0) await observeFunctionCalls(aws, show);
}
