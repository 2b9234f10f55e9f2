import type { Command } from 'commander';
import type { SubscriberSpec, Topology } from '../../lib/definition/topology.ts';
import { type AppError, usageError } from '../../lib/rules/errors.ts';
import { functionSubscribers } from '../../lib/topology/functions/settings.ts';
import { addExamples, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { chooseHandlers } from '../listen/handler-choice.ts';
import { addTakeOptions } from '../listen/listen.ts';
import { listenTo } from '../listen/listening.ts';
import { readTakeFlags, type TakeFlags } from '../listen/request.ts';
import { topologyFor } from '../topology.ts';

/** `pubsub run`: every subscriber's handler of the topology, side by side in one process. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub run', 'pubsub run --concurrency 4 --retry-delay 5s', 'pubsub run --idle-timeout 1m'],
    'pubsub publish, in another terminal',
  );
  addTakeOptions(command).action((flags: TakeFlags) =>
    run(command, async (context) => {
      const topology = await topologyFor(context);
      const functions = topology.subscribers.filter(isByFunction);
      const subscribers = topology.subscribers.filter(
        (spec) => spec.handler !== undefined && !isByFunction(spec),
      );
      if (subscribers.length === 0) throw nothingToRun(command, topology, functions);
      const how = readTakeFlags(context, flags);
      const handlers = await chooseHandlers(context, topology, subscribers, {}, how.timeout);
      const left = topology.subscribers.filter(({ handler }) => handler === undefined);
      if (left.length > 0) {
        const names = left.map(({ name }) => name).join(', ');
        context.printer.note(`Without a handler, left alone: ${names}.`);
      }
      if (functions.length > 0) {
        context.printer.note(`${takenWords(topology, functions)}: nothing to run there.`);
      }
      return listenTo(command, context, { topology, subscribers, handlers, ...how });
    }),
  );
}

/** Whether a function takes a subscriber's messages: Lambda runs it, and no process of ours. */
function isByFunction({ handler }: SubscriberSpec): boolean {
  return handler !== undefined && 'function' in handler;
}

function nothingToRun(
  command: Command,
  topology: Topology,
  functions: readonly SubscriberSpec[],
): AppError {
  const [first, second] = functions;
  if (first === undefined) {
    return usageError(
      `No subscriber of ${topology.name} has a handler.`,
      'Give it one in pubsub.yaml, such as handler: { module: mail.mjs }, or use: pubsub listen',
      'NoHandler',
    );
  }
  const which = second === undefined ? first.name : 'all';
  return usageError(
    `There is nothing to run: ${takenWords(topology, functions)} by itself, once ${commandLine(command, 'setup')} has made it.`,
    `See what happens to each message: ${commandLine(command, `listen ${which}`)}`,
    'HandledByFunctions',
  );
}

/** Which functions take from which queues. */
function takenWords({ functions }: Topology, subscribers: readonly SubscriberSpec[]): string {
  const taken = functionSubscribers({ subscribers, functions }).map(
    ({ subscriber, target }) => `the function ${target.name} takes from ${subscriber.queue}`,
  );
  return taken.join(', ');
}
