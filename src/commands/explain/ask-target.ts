import type { Command } from 'commander';
import type { TopicSpec, Topology } from '../../lib/definition/topology.ts';
import type { Recipient } from '../../lib/diagnose/explain/delivery-verdict.ts';
import type { LiveBranch } from '../../lib/diagnose/explain/live-branches.ts';
import { AppError } from '../../lib/rules/errors.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import type { ExplainFlags } from './request.ts';

/** Subscribers that the target is asked about at the most: each takes five requests. */
const MAX_ASKED = 1_000;

/** Failures after which the file is judged alone: nobody answers, or nobody knows the caller. */
const UNANSWERED: readonly string[] = [
  'EndpointUnreachable',
  'TlsFailed',
  'ProxyRefused',
  'UnreadableAnswer',
  'UnknownRegion',
  'MissingRegion',
  'ExpiredCredentials',
  'MissingCredentials',
  'InvalidCredentials',
];

/**
 * Asks the target what is set up between the topic and the queues, and says that it did; undefined where the file is
 * judged alone, with the reason on stderr.
 */
export async function askTarget(
  command: Command,
  context: CommandContext,
  about: {
    readonly topology: Topology;
    readonly topic: TopicSpec;
    readonly recipients: readonly Recipient[];
  },
  { offline, filterPolicy }: ExplainFlags,
): Promise<readonly LiveBranch[] | undefined> {
  const { topology, topic, recipients } = about;
  // A policy that is tried out is nowhere but here.
  if (filterPolicy !== undefined) return undefined;
  const alone = (why: string): undefined => {
    const check = commandLine(command, 'setup --dry-run');
    const { printer } = context;
    printer.note(
      printer.noteStyle.dim(`${why}: judged by the file alone. Whether it is set up so: ${check}`),
    );
  };
  if (offline) return alone('Offline');
  if (recipients.length > MAX_ASKED) {
    return alone(`${recipients.length} subscribers are too many to ask the target about`);
  }
  if (!(await answers(context))) return alone('The local engine does not run');
  const names = new Set(recipients.map(({ name }) => name));
  const subscribers = topology.subscribers.filter(({ name }) => names.has(name));
  try {
    const connection = await reading(context, undefined, () => connect(context));
    const { readLiveBranches } = await import('../../lib/diagnose/explain/live-branches.ts');
    const place = { ...connection, topology: { ...topology, topics: [topic], subscribers } };
    return await reading(context, 'Asking the target', () => readLiveBranches(place));
  } catch (error) {
    if (!(error instanceof AppError) || !UNANSWERED.includes(error.code)) throw error;
    return alone(error.message.replace(/\.$/, ''));
  }
}

/** Whether there is somebody to ask: a look at the rules is not a reason to start an engine. */
async function answers({ settings }: CommandContext): Promise<boolean> {
  if (settings.target.kind !== 'local') return true;
  const { findEngine } = await import('../../lib/engine/background.ts');
  return (await findEngine(settings.stateDir)) !== undefined;
}
