import type { Command } from 'commander';
import type { SubscriberSpec } from '../../lib/definition/topology.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { addExamples, type Runner } from '../command.ts';
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
      // A function takes its messages itself.
      const isRun = ({ handler }: SubscriberSpec): boolean =>
        handler !== undefined && !('function' in handler);
      const subscribers = topology.subscribers.filter(isRun);
      if (subscribers.length === 0) {
        throw usageError(
          `No subscriber of ${topology.name} has a handler.`,
          'Give it one in pubsub.yaml, such as handler: { module: mail.mjs }, or use: pubsub listen',
          'NoHandler',
        );
      }
      const how = readTakeFlags(context, flags);
      const handlers = await chooseHandlers(context, topology, subscribers, {}, how.timeout);
      const left = topology.subscribers.filter(({ handler }) => handler === undefined);
      if (left.length > 0) {
        const names = left.map(({ name }) => name).join(', ');
        context.printer.note(`Without a handler, left alone: ${names}.`);
      }
      return listenTo(command, context, { topology, subscribers, handlers, ...how });
    }),
  );
}
