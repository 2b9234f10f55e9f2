import type { Command } from 'commander';
import type { Aws } from '../../lib/aws/clients.ts';
import { functionOf } from '../../lib/definition/find.ts';
import type { FunctionSpec, SubscriberSpec } from '../../lib/definition/topology.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { logRecord, renderLogLine } from '../../lib/ui/function-log.ts';
import { renderQueueEvent } from '../../lib/ui/function-watch.ts';
import { labelled, nameWidth } from '../../lib/ui/subscriber-label.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { stoppedEarly, unlessStopped } from '../reading.ts';
import type { ListenRequest } from './request.ts';

/** A subscriber whose messages a function takes, and the queue that they lie in. */
interface Watched {
  readonly spec: SubscriberSpec;
  readonly target: FunctionSpec;
  readonly queueArn: string;
}

/** Subscribers of a request that functions handle: there is nothing to take here, only to watch. */
export function handledByFunctions({ subscribers, handlers }: ListenRequest): SubscriberSpec[] {
  return subscribers.filter(
    ({ name, handler }) =>
      handler !== undefined && 'function' in handler && handlers.get(name) === undefined,
  );
}

/**
 * Follows what functions do with their subscribers' messages, without taking any: their logs, and on an embedded engine every
 * receive, how long a message is hidden, and when it is deleted, visible again or dead.
 * @throws AppError `QueueNotFound` that says how to make one.
 */
export async function watchFunctions(
  command: Command,
  context: CommandContext,
  request: ListenRequest,
): Promise<ExitCode> {
  const { io, printer } = context;
  const reached = await unlessStopped(context, async () => {
    const { aws } = await connect(context);
    const watched = await findQueues(command, aws, request);
    const { engineAddress } = await import('../../lib/aws/engine-paths.ts');
    return { aws, watched, engine: await engineAddress(aws) };
  });
  if (reached === undefined) return stoppedEarly(context);
  const { aws, watched, engine } = reached.result;
  const names = nameWidth(watched.map(({ spec }) => spec.name));
  const end = new WatchEnd(request, watched.length);
  const signal = AbortSignal.any([io.interrupts.stop, end.signal]);
  const say = (name: string, line: string): void =>
    printer.text(labelled(name, line, printer.style, names));
  // As wide as the terminal is by now.
  const room = (): number =>
    io.stdout.isTTY ? printer.columns - names - ' │ '.length : Number.POSITIVE_INFINITY;
  const tellBeginning = (): void => {
    for (const { spec, target } of watched) {
      const words = `${target.name} takes from ${spec.queue}; nothing is taken here`;
      printer.note(labelled(spec.name, words, printer.noteStyle, names));
    }
    printer.note(printer.noteStyle.dim('Ctrl-C stops.'));
  };
  await Promise.all([
    ...watched.map(async ({ spec, target }) => {
      const { followLog } = await import('../../lib/functions/follow-log.ts');
      for await (const line of followLog(aws, target.name, { since: Date.now(), signal })) {
        printer.record({ subscriber: spec.name, ...logRecord(target.key, line) });
        for (const each of renderLogLine(line, printer.style, room())) say(spec.name, each);
        end.happened(engine === undefined && line.kind === 'report');
      }
    }),
    followQueues(
      { engine, engineToken: aws.engineToken },
      watched,
      { signal, onOpen: tellBeginning },
      (found, event) => {
        const { name, dlq, maxReceiveCount } = found.spec;
        const most = dlq === undefined ? undefined : maxReceiveCount;
        const lines = renderQueueEvent(event, most, printer.style, room());
        if (lines.length === 0) return;
        printer.record({ subscriber: name, maxReceiveCount: most ?? null, ...event });
        for (const each of lines) say(name, each);
        end.happened(event.kind === 'deleted' || event.kind === 'dead-lettered');
      },
    ),
  ]);
  end.clear();
  return EXIT.done;
}

/** What happens in the queues, as an embedded engine tells it; nothing elsewhere: SQS doesn't. */
async function followQueues(
  { engine, engineToken }: Pick<Aws, 'engineToken'> & { readonly engine: string | undefined },
  watched: readonly Watched[],
  { signal, onOpen }: { readonly signal: AbortSignal; readonly onOpen: () => void },
  onEvent: (
    watched: Watched,
    event: import('../../lib/rules/message-trace.ts').MessageEvent,
  ) => void,
): Promise<void> {
  if (engine === undefined) return onOpen();
  const { followEvents } = await import('../../lib/engine/background.ts');
  for await (const event of followEvents(engine, signal, engineToken, onOpen)) {
    const found = watched.find(
      ({ queueArn }) => 'queueArn' in event && event.queueArn === queueArn,
    );
    if (found) onEvent(found, event);
  }
}

async function findQueues(
  command: Command,
  aws: Aws,
  { topology, ...request }: ListenRequest,
): Promise<Watched[]> {
  const { findQueueUrl, getQueueAttributes } = await import('../../lib/aws/queues.ts');
  return Promise.all(
    handledByFunctions({ topology, ...request }).map(async (spec) => {
      const { queue } = spec;
      const target = functionOf(spec, topology.functions);
      const url = await findQueueUrl(aws, queue);
      const attributes = url && (await getQueueAttributes(aws, url, ['QueueArn']));
      if (target && attributes) return { spec, target, queueArn: attributes.QueueArn ?? '' };
      throw new AppError({
        code: 'QueueNotFound',
        message: `There is no queue "${queue}".`,
        hint: `Create it with: ${commandLine(command, 'setup')}`,
      });
    }),
  );
}

/** When a watch ends by itself: `--max` and `--idle-timeout`. */
class WatchEnd {
  readonly #controller = new AbortController();
  readonly #idleMs: number | undefined;
  readonly #max: number;
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor({ max, idleTimeout }: ListenRequest, subscribers: number) {
    this.#max = max === undefined ? Number.POSITIVE_INFINITY : max * subscribers;
    this.#idleMs = idleTimeout === undefined ? undefined : idleTimeout * 1000;
    this.happened(false);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Takes note of something that happened. @param isDone whether a message is through. */
  happened(isDone: boolean): void {
    if (isDone) this.#done += 1;
    if (this.#done >= this.#max) this.#controller.abort();
    if (this.#idleMs === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(), this.#idleMs);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
