import { findSubscribers } from '../../lib/definition/find.ts';
import type { SubscriberSpec, Topology } from '../../lib/definition/topology.ts';
import { type Condition, parseCondition } from '../../lib/events/where.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { parseDuration } from '../../lib/rules/text/duration.ts';
import type { CommandContext } from '../command.ts';
import { type GivenPolicy, parseScope, readPolicyFlag } from '../filter-flag.ts';
import type { ResourceFlags } from '../topology.ts';
import { readWholeNumber } from '../whole-number.ts';

export interface TapFlags extends ResourceFlags {
  readonly filter?: string;
  readonly scope?: string;
  readonly subscriber?: string;
  readonly where?: readonly string[];
  readonly since?: string;
  readonly raw?: boolean;
  readonly max?: string;
  readonly idleTimeout?: string;
  readonly duration?: string;
}

/** What to watch and for how long, checked. */
export interface TapRequest {
  /** The policy that was given; undefined for everything, or where it is to be copied. */
  readonly policy: GivenPolicy | undefined;
  /** Whose filter is to be copied. */
  readonly subscriber: SubscriberSpec | undefined;
  readonly where: readonly Condition[];
  /** Seconds back from now. */
  readonly since: number | undefined;
  readonly raw: boolean;
  readonly max: number | undefined;
  /** Seconds. */
  readonly idleTimeout: number | undefined;
  /** Seconds. */
  readonly duration: number | undefined;
}

/** The longest time that timers take, in seconds: 24 days. */
const MAX_SECONDS = 2_073_600;

/** Reads and checks the flags of `tap`. @throws AppError (exit 2) for what can't be. */
export function readTapRequest(
  { io, printer, settings }: CommandContext,
  topology: Topology,
  flags: TapFlags,
): TapRequest {
  const { filter, scope, subscriber, where = [], since, raw = false } = flags;
  if (filter !== undefined && subscriber !== undefined) {
    throw usageError(
      '--filter and --subscriber cannot be used together: the subscriber has a filter of its own.',
      'Leave one of them out, or look into what comes with --where.',
    );
  }
  if (scope !== undefined && filter === undefined) throw usageError('--scope needs --filter.');
  if (raw && printer.json) {
    throw usageError('--raw and --json cannot be used together.', 'Leave one of them out.');
  }
  const keeper = { aws: 'SNS', rabbitmq: 'RabbitMQ', local: undefined, endpoint: undefined }[
    settings.target.kind
  ];
  if (since !== undefined && keeper !== undefined) {
    throw usageError(
      `${keeper} keeps nothing of what was published: only the embedded engine can look back.`,
      'Leave --since out.',
      'NoHistory',
    );
  }
  return {
    policy:
      filter === undefined
        ? undefined
        : readPolicyFlag('--filter', filter, parseScope(scope), io.cwd),
    subscriber: subscriber === undefined ? undefined : oneSubscriber(topology, subscriber),
    where: where.map(parseCondition),
    since: since === undefined ? undefined : seconds('--since', since),
    raw,
    max:
      flags.max === undefined
        ? undefined
        : readWholeNumber('--max', flags.max, [1], 'Such as --max 10'),
    idleTimeout:
      flags.idleTimeout === undefined ? undefined : seconds('--idle-timeout', flags.idleTimeout),
    duration: flags.duration === undefined ? undefined : seconds('--duration', flags.duration),
  };
}

function oneSubscriber(topology: Topology, name: string): SubscriberSpec {
  const [only, ...others] = findSubscribers(topology, name);
  if (only !== undefined && others.length === 0) return only;
  throw usageError('--subscriber names one subscriber.', 'Leave it out to see everything.');
}

function seconds(flag: string, text: string): number {
  const time = parseDuration(flag, text);
  if (time >= 1 && time <= MAX_SECONDS) return time;
  throw usageError(`${flag} must be from 1s to ${MAX_SECONDS / 86_400}d.`, `Such as ${flag} 10m`);
}
