import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { notOnRabbitMq } from '../../lib/config/broker.ts';
import { standardTopology, topologyOf } from '../../lib/config/topology.ts';
import type { Topology } from '../../lib/definition/topology.ts';
import type { Pace } from '../../lib/demo/demo.ts';
import type { Scenario } from '../../lib/demo/scenario.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { type CommandContext, globalFlags } from '../command.ts';
import { scenarioOf } from './scenario.ts';

const PACES: readonly Pace[] = ['normal', 'fast'];

/** Flags of `pubsub demo`. */
export interface DemoFlags {
  readonly pace: string;
  readonly keep?: boolean;
  readonly viaApi?: boolean;
  readonly step?: boolean;
  readonly ui?: boolean;
  readonly showAws?: boolean;
  readonly lang?: string;
}

/** Runtimes of functions by language. */
export const LANGUAGES: Readonly<Record<string, string>> = {
  node: 'nodejs24.x',
  python: 'python3.13',
};

/** A demo that is about to run. */
export interface DemoRequest {
  readonly topology: Topology;
  readonly scenario: Scenario;
  readonly prefix: string;
  readonly flags: DemoFlags;
  readonly pace: Pace;
}

/** Reads what is to be shown, and checks the flags against it and the target. @throws AppError (exit 2) */
export async function readDemoRequest(
  command: Command,
  context: CommandContext,
  flags: DemoFlags,
): Promise<DemoRequest> {
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
  const { settings } = context;
  const onRabbitMq = settings.target.kind === 'rabbitmq';
  if (onRabbitMq) refuseOnRabbitMq(flags);
  const prefix = demoPrefix(context, globalFlags(command).prefix);
  const topology = inLanguage(await topologyToShow(context, prefix), flags.lang);
  const scenario = await scenarioOf(topology, onRabbitMq);
  if (flags.viaApi && scenario.api.length === 0) {
    throw usageError(
      `The topology ${topology.name} has no demo through the order API.`,
      'Leave --via-api out, or use --topology orders.',
    );
  }
  return { topology, scenario, prefix, flags, pace };
}

/** A project's own topology as it is; of one that comes with this tool, what its demo knows. */
function topologyToShow({ settings }: CommandContext, prefix: string): Promise<Topology> {
  const { project, topology } = settings;
  const isOwn = project.written.topics !== undefined && project.topology === topology;
  return isOwn ? topologyOf({ ...settings, prefix }) : standardTopology(settings, 'demo', prefix);
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
