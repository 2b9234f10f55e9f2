import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Database } from '../../lib/database/database.ts';
import type { TopicSpec } from '../../lib/definition/topology.ts';
import type { HttpServer } from '../../lib/http/app.ts';
import type { ServerLog } from '../../lib/http/server-log.ts';
import { SERVER_DEFAULTS } from '../../lib/orders/server-defaults.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Tracing } from '../../lib/tracing/tracing.ts';
import { isOutputLost } from '../../lib/ui/io.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { unlessStopped } from '../reading.ts';
import { addTopicOption, topicFor } from '../topology.ts';
import { traced } from '../traced.ts';
import { listen, recordRunningServer } from './listen.ts';
import { loggingPrinter, logOf } from './log.ts';
import { logWaitingEvents, runHousekeeping, startRelay } from './relay.ts';
import { readServeRequest, type ServeFlags, type ServeRequest } from './request.ts';
import { serveTopic } from './topic.ts';

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
    .option('--port <n>', `port; 0 picks a free one (default: PORT, or ${SERVER_DEFAULTS.port})`)
    .option('--host <address>', `address to listen on (default: HOST, or ${SERVER_DEFAULTS.host})`)
    .option('--token <token>', 'demand this bearer token; better as PUBSUB_API_TOKEN')
    .option('--allow-unauthenticated', 'listen for others without a token')
    .option(
      '--rate-limit <n>',
      `requests a second from one address, 0 for any (default: ${SERVER_DEFAULTS.rateLimit})`,
    )
    .option('--body-limit <bytes>', `largest body (default: ${SERVER_DEFAULTS.bodyLimit})`)
    .option(
      '--trust-proxy [addresses]',
      'take X-Forwarded-For from proxies there (default: private networks)',
    )
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
  const request = readServeRequest(flags, context.io.env);
  const { topic } = await topicFor(context, flags);
  const log = logOf(context);
  const logging = { ...context, printer: loggingPrinter(context, log) };
  return traced(logging, (tracing) =>
    serveOrders(command, context, { request, spec: topic, log, logging, tracing }),
  );
}

/** What a server is made of. */
interface Served {
  readonly request: ServeRequest;
  readonly spec: TopicSpec;
  readonly log: ServerLog;
  /** Its printer writes into the log. */
  readonly logging: CommandContext;
  readonly tracing: Tracing | undefined;
}

async function serveOrders(
  command: Command,
  context: CommandContext,
  { request, spec, log, logging, tracing }: Served,
): Promise<ExitCode> {
  const { io, settings } = context;
  const closing: (() => Promise<void> | void)[] = [];
  try {
    const { openOrderDatabase } = await import('../../lib/orders/open-order-database.ts');
    const opening = openOrderDatabase({
      url: request.databaseUrl,
      folder: join(settings.stateDir, 'orders'),
      onCreate: () => log({ kind: 'note', message: 'Creating the order database' }),
      onWait: (holder) => {
        log({
          kind: 'warning',
          message: `Waiting to bring the tables up to date: ${holder} holds them`,
        });
      },
      signal: io.interrupts.stop,
    });
    const opened = await unlessStopped(context, () => opening);
    if (opened === undefined) {
      void opening.then((late) => late.close()).catch(() => {});
      return ended(io, log);
    }
    const database = opened.result;
    closing.push(() => database.close());
    closing.push(() => logWaitingEvents(database, log));
    const topic = await serveTopic(logging, spec, tracing);
    closing.push(() => topic.close());
    if (io.interrupts.stop.aborted) return ended(io, log);
    const { relay, counts } = await startRelay(command, request, database, topic, log);
    closing.push(() => relay.stop());
    const house = await runHousekeeping(database);
    closing.push(house);
    const server = await listen(
      request,
      {
        database,
        log,
        version: PUBSUB_VERSION,
        tracing,
        onEvent: () => relay.wake(),
        relay: counts,
        topic: async () => {
          const trouble = relay.trouble.get('topic');
          return trouble ? { ok: false, message: trouble.message } : topic.check();
        },
      },
      io.env,
    );
    closing.push(() => server.stop());
    if (database.kind === 'pglite') closing.push(await recordRunningServer(database, server));
    announce(context, log, { server, database, topic: spec.name, arn: topic.arn() });
    if (!io.interrupts.stop.aborted) await once(io.interrupts.stop, 'abort');
    log({ kind: 'note', message: 'Stopping: finishing requests, then events' });
  } finally {
    // The last opened goes first: requests, then events, then what both need.
    for (const close of closing.reverse()) await close();
  }
  return ended(io, log);
}

function ended(io: CommandContext['io'], log: ServerLog): ExitCode {
  log({ kind: 'note', message: 'Stopped' });
  // Nobody asked it to end, and it was to go on.
  return isOutputLost(io) ? EXIT.failed : EXIT.done;
}

function announce(
  { printer }: CommandContext,
  log: ServerLog,
  {
    server,
    database,
    topic,
    arn,
  }: { server: HttpServer; database: Database; topic: string; arn: string | undefined },
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
