import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Database } from '../../lib/orders/database.ts';
import type { OrderServer, OrderServerOptions } from '../../lib/orders/http/server.ts';
import type { Relay } from '../../lib/orders/relay.ts';
import { SERVER_DEFAULTS } from '../../lib/orders/server-defaults.ts';
import type { ServerLog } from '../../lib/orders/server-log.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { isOutputLost } from '../../lib/ui/io.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { addTopicOption, topicFor } from '../topology.ts';
import { loggingPrinter, logOf } from './log.ts';
import { readServeRequest, type ServeFlags, type ServeRequest } from './request.ts';
import { type ServedTopic, serveTopic } from './topic.ts';

declare const PUBSUB_VERSION: string;

/** `pubsub serve` */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub serve',
      'pubsub serve --port 8080 --rate-limit 0',
      'DATABASE_URL=postgres://localhost/orders pubsub serve --target aws',
      'PUBSUB_API_TOKEN=$(openssl rand -hex 32) pubsub serve --host 0.0.0.0',
    ],
    `curl --json '{"order":{"user_id":1,"total":29.99}}' localhost:${SERVER_DEFAULTS.port}/orders`,
  )
    .option('--port <n>', `port; 0 picks a free one (default: ${SERVER_DEFAULTS.port})`)
    .option('--host <address>', `address to listen on (default: ${SERVER_DEFAULTS.host})`)
    .option('--token <token>', 'demand this bearer token; better as PUBSUB_API_TOKEN')
    .option('--allow-unauthenticated', 'listen for others without a token')
    .option(
      '--rate-limit <n>',
      `requests a second from one address, 0 for any (default: ${SERVER_DEFAULTS.rateLimit})`,
    )
    .option('--body-limit <bytes>', `largest body (default: ${SERVER_DEFAULTS.bodyLimit})`)
    .option('--keep <time>', 'how long delivered events are kept (default: 7d)')
    .option('--database-url <url>', 'a Postgres server; better as DATABASE_URL');
  addTopicOption(command).action((flags: ServeFlags) =>
    run(command, (context) => serve(command, context, flags)),
  );
}

async function serve(
  command: Command,
  context: CommandContext,
  flags: ServeFlags,
): Promise<ExitCode> {
  const { io, settings } = context;
  const request = readServeRequest(flags, io.env);
  const { topic: spec } = await topicFor(context, flags);
  const log = logOf(context);
  const logging = { ...context, printer: loggingPrinter(context, log) };
  const closing: (() => Promise<void> | void)[] = [];
  try {
    const { openDatabase } = await import('../../lib/orders/database.ts');
    const database = await openDatabase({
      url: request.databaseUrl,
      folder: join(settings.stateDir, 'orders'),
      onCreate: () => log({ kind: 'note', message: 'Creating the order database' }),
    });
    closing.push(() => database.close());
    const topic = await serveTopic(logging, spec);
    closing.push(() => topic.close());
    const { relay, counts } = await startRelay(command, request, database, topic, log);
    closing.push(() => relay.stop());
    const house = await keepHouse(database);
    closing.push(house);
    const server = await listen(request, {
      database,
      log,
      version: PUBSUB_VERSION,
      onEvent: () => relay.wake(),
      relay: counts,
      topic: async () => {
        const trouble = relay.trouble.get('topic');
        return trouble ? { ok: false, message: trouble.message } : topic.check();
      },
    });
    closing.push(() => server.stop());
    if (database.kind === 'pglite') closing.push(await leaveWord(database, server));
    announce(context, log, { server, database, topic: spec.name, arn: topic.arn() });
    if (!io.interrupts.stop.aborted) await once(io.interrupts.stop, 'abort');
    log({ kind: 'note', message: 'Stopping: finishing requests, then events' });
  } finally {
    // The last opened goes first: requests, then events, then what both need.
    for (const close of closing.reverse()) await close();
  }
  log({ kind: 'note', message: 'Stopped' });
  // Nobody asked it to end, and it was to go on.
  return isOutputLost(io) ? EXIT.failed : EXIT.done;
}

async function startRelay(
  command: Command,
  { keepSeconds }: ServeRequest,
  database: Database,
  topic: ServedTopic,
  log: ServerLog,
): Promise<{ relay: Relay; counts: OrderServerOptions['relay'] }> {
  const { startRelay } = await import('../../lib/orders/relay.ts');
  const counts = { published: 0, failures: 0 };
  const relay = startRelay({
    database,
    publisher: topic.publisher,
    ...(keepSeconds !== undefined && { keepSeconds }),
    onTrouble: (what, error) => {
      const setup =
        error instanceof AppError && error.code === 'TopicNotFound'
          ? ` Create it with: ${commandLine(command, 'setup')}`
          : '';
      const rest =
        what === 'topic'
          ? ` Events wait in the outbox.${setup}`
          : ' Trying again until it answers.';
      log({ kind: 'warning', message: error.message + rest });
    },
    onRecovered: (what) =>
      log({
        kind: 'note',
        message: what === 'topic' ? 'Events get through again' : 'The database answers again',
      }),
    onRound: ({ delivered, refused }) => {
      counts.published += delivered;
      counts.failures += refused;
    },
  });
  return { relay, counts: () => counts };
}

/** Others can't open the embedded database beside this process: `pubsub outbox` asks the server. */
async function leaveWord({ place }: Database, { url }: OrderServer): Promise<() => void> {
  const { recordServer } = await import('../../lib/orders/server-record.ts');
  return recordServer(place, { pid: process.pid, url });
}

async function keepHouse(database: Database): Promise<() => Promise<void>> {
  const { keepHouse } = await import('../../lib/orders/housekeeping.ts');
  const stop = new AbortController();
  const kept = keepHouse(database, stop.signal);
  return () => {
    stop.abort();
    return kept;
  };
}

async function listen(
  request: ServeRequest,
  parts: Pick<OrderServerOptions, 'database' | 'log' | 'version' | 'onEvent' | 'relay' | 'topic'>,
): Promise<OrderServer> {
  const { startOrderServer } = await import('../../lib/orders/http/server.ts');
  try {
    return await startOrderServer({ ...request, ...parts });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new AppError({
        code: 'PortInUse',
        message: `Port ${request.port} on ${request.host} is in use.`,
        hint: 'Choose another, or a free one with: pubsub serve --port 0',
        cause,
      });
    }
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw usageError(
        `Can't listen on ${request.host}, port ${request.port} (${code}).`,
        `Use an address of this machine, such as --host ${SERVER_DEFAULTS.host}.`,
      );
    }
    throw cause;
  }
}

function announce(
  { printer }: CommandContext,
  log: ServerLog,
  {
    server,
    database,
    topic,
    arn,
  }: { server: OrderServer; database: Database; topic: string; arn: string | undefined },
): void {
  const { url } = server;
  log({
    kind: 'note',
    message: `Serving orders at ${url} from ${database.place}, announced on ${topic}`,
  });
  printer.record({
    url,
    pid: process.pid,
    database: { kind: database.kind, place: database.place },
    topic: { name: topic, arn: arn ?? null },
  });
}
