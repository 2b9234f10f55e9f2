import type { Command } from 'commander';
import { CONSUMER_DEFAULTS } from '../../lib/consume/consumed.ts';
import { EXIT } from '../../lib/rules/errors.ts';
import { addExamples, type Runner } from '../command.ts';
import { addResourceOptions, topologyOnTarget } from '../topology.ts';
import { listenTo } from './listening.ts';
import { type ListenFlags, MAX_CONCURRENCY, readListenRequest } from './request.ts';
import { handledByFunctions, watchFunctions } from './watch-functions.ts';

/** `pubsub listen <subscriber>` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub listen ledger',
      'pubsub listen all --json',
      'pubsub listen audit --max 10 --idle-timeout 5m',
      "pubsub listen fraud --exec 'python3 screen.py' --concurrency 4",
      'pubsub listen ledger --handler mail.mjs --timeout 30s --retry-delay 5s',
      'pubsub listen ledger --forward-to http://localhost:3000/events',
    ],
    'pubsub publish, in another terminal',
  ).argument('[subscriber]', 'one of the topology, or all');
  addTakeOptions(command)
    .option('--exec <command>', 'run a program for each event; exit 0 deletes it')
    .option('--exec-mode <mode>', 'stream or batch: one process, fed with JSON lines')
    .option('--shell', 'give --exec to sh')
    .option('--handler <file>', 'module with a default export (event, facts) => …')
    .option('--forward-to <url>', 'POST each event; an answer of 2xx deletes it')
    .option('--forward-secret <secret>', 'sign what is posted (or PUBSUB_FORWARD_SECRET)');
  addResourceOptions(command).action((subscriber: string | undefined, flags: ListenFlags) =>
    run(command, async (context) => {
      const topology = await topologyOnTarget(context, flags);
      const request = await readListenRequest(context, topology, subscriber, flags);
      const watched = handledByFunctions(request);
      if (watched.length === 0) return listenTo(command, context, request);
      const others = request.subscribers.filter((each) => !watched.includes(each));
      const [code] = await Promise.all([
        others.length > 0
          ? listenTo(command, context, { ...request, subscribers: others })
          : EXIT.done,
        watchFunctions(command, context, request),
      ]);
      return code;
    }),
  );
}

/** Declares the flags of how messages are taken. */
export function addTakeOptions(command: Command): Command {
  return command
    .option('-n, --max <n>', 'end after n messages (of each subscriber)')
    .option('--idle-timeout <time>', 'end after this time without a message, such as 30s or 5m')
    .option(
      '--concurrency <n>',
      `events handled at once, 1 to ${MAX_CONCURRENCY} (default: ${CONSUMER_DEFAULTS.concurrency})`,
    )
    .option('--timeout <time>', 'stop a handler after this time; its event has failed')
    .option('--retry-delay <time>', 'wait before a failed event comes again; longer each time')
    .option('--dedupe-store <file>', 'remember handled events across restarts')
    .option('--alive-file <file>', 'update it every 5 s while working, for liveness probes');
}
