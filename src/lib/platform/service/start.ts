import { join } from 'node:path';
import type { Database } from '../../database/database.ts';
import { openDatabase } from '../../database/open-database.ts';
import { reclaimRoom } from '../../database/reclaim-room.ts';
import type { Topology } from '../../definition/topology.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import type { Transport } from '../../transport/transport.ts';
import type {
  ReadyProbe,
  ServiceDefinition,
  ServiceParts,
  StatelessContext,
} from './definition.ts';
import { readServiceEnvironment, type ServiceEnvironment } from './environment.ts';
import { createGrpcClients } from './grpc-client.ts';
import { startGrpcServer } from './grpc-server.ts';
import { startServiceServer } from './http-server.ts';
import type { ServiceLog } from './log.ts';
import { createMessaging } from './messaging.ts';
import { createServiceMetrics } from './metrics.ts';
import { createReadiness } from './readiness.ts';
import { openRedis } from './redis.ts';
import { repeat } from './repeat.ts';
import { createServiceToken } from './service-token.ts';
import { createTokenCheck } from './tokens.ts';

/** What a service runs with. */
export interface ServiceStart {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly log: ServiceLog;
  readonly tracing: Tracing | undefined;
  readonly topology: Topology;
  /** Reaches SNS and SQS, or RabbitMQ. */
  readonly openTransport: () => Promise<Transport>;
  /** Where an embedded database is kept: a folder of the service in it. */
  readonly stateDir: string;
  /** Aborted to give up while it starts. */
  readonly signal: AbortSignal;
}

/** A service that answers. */
export interface RunningService {
  readonly url: string;
  /** Undefined for a service that takes no gRPC calls. */
  readonly grpcUrl: string | undefined;
  /** Takes nothing more, finishes what is in hand, and lets go of everything. */
  stop(): Promise<void>;
}

/**
 * Starts a service: its database, its connections, its servers, then its background work.
 * @throws AppError as `openDatabase`, or `InvalidEnvironment` (exit 2); the error of `listen`
 */
export async function startService(
  definition: ServiceDefinition,
  start: ServiceStart,
): Promise<RunningService> {
  const environment = readServiceEnvironment(definition.name, start.env);
  const closing: (() => Promise<void> | void)[] = [];
  let stopping: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    // The last opened goes first: requests, then background work, then what both need.
    for (const close of closing.splice(0).reverse()) await close();
  };
  const stop = (): Promise<void> => {
    stopping ??= closeAll();
    return stopping;
  };
  try {
    const urls = await open(definition, { ...start, environment }, closing);
    return { ...urls, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Milliseconds between two looks for tables of an embedded database in which much has changed. */
const TIDY_PAUSE_MS = 60_000;

type Starting = ServiceStart & { readonly environment: ServiceEnvironment };
type Closing = (() => Promise<void> | void)[];

async function open(
  definition: ServiceDefinition,
  start: Starting,
  closing: Closing,
): Promise<Pick<RunningService, 'url' | 'grpcUrl'>> {
  const { environment, version, log, tracing, topology, openTransport } = start;
  const tokens = createTokenCheck(environment.peers.auth.url);
  const metrics = createServiceMetrics(definition.name);
  const token = createServiceToken(definition.name, environment.secret, environment.peers.auth.url);
  const clients = createGrpcClients(token);
  closing.push(() => clients.close());
  const redis = await openRedis(environment.redisUrl, log);
  if (redis) closing.push(() => redis.destroy());
  const messaging = createMessaging({ topology, open: openTransport, log, tracing });
  closing.push(() => messaging.close());
  const context: StatelessContext = {
    ...{ environment, version, log, tracing, redis, messaging, tokens },
    metrics: metrics.registry,
    authenticate: tokens.authenticate,
    serviceToken: token,
    grpc: (peer) => clients.at(environment.peers[peer].grpcUrl),
  };
  const { parts, database } = await createParts(definition, start, context, closing);
  const probes: ReadyProbe[] = [
    ...(database
      ? [{ name: 'database', check: async () => void (await database.query('select 1')) }]
      : []),
    // Limits are kept in memory meanwhile.
    ...(redis
      ? [{ name: 'redis', isOptional: true, check: async () => void (await redis.ping()) }]
      : []),
    ...(parts.ready ?? []),
  ];
  let end: (() => Promise<void>) | undefined;
  // Background work ends after the requests that may need it.
  closing.push(() => end?.());
  const grpc =
    parts.grpc &&
    (await startGrpcServer({
      ...{ tokens, log, metrics, tracing, host: environment.host },
      port: environment.grpcPort,
      routes: parts.grpc,
    }));
  if (grpc) closing.push(() => grpc.stop());
  const server = await startServiceServer({
    ...{ environment, version, log, tracing, metrics, parts },
    readiness: createReadiness(probes),
  });
  closing.push(() => server.stop());
  end = await parts.start?.();
  return { url: server.url, grpcUrl: grpc?.url };
}

async function createParts(
  definition: ServiceDefinition,
  { environment, stateDir, log, signal }: Starting,
  context: StatelessContext,
  closing: Closing,
): Promise<{ parts: ServiceParts; database?: Database }> {
  const { name, migrations } = definition;
  if (migrations === undefined) return { parts: await definition.create(context) };
  const database = await openDatabase(
    {
      url: environment.databaseUrl,
      folder: join(stateDir, name),
      onCreate: () => log.info('Creating the database'),
      onWait: (holder) => log.warn('waiting to bring the tables up to date', { held_by: holder }),
      signal,
    },
    { migrations },
  );
  closing.push(() => database.close());
  const tidying = repeat({ name: 'tidying of tables', pauseMs: TIDY_PAUSE_MS, log }, async () => {
    const tables = await reclaimRoom(database);
    if (tables.length > 0) log.info('tables tidied', { tables: tables.join(', ') });
  });
  closing.push(() => tidying.stop());
  return { parts: await definition.create({ ...context, database }), database };
}
