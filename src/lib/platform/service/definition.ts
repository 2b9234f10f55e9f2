import type { IncomingHttpHeaders } from 'node:http';
import type { ConnectRouter, Transport as GrpcTransport } from '@connectrpc/connect';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { RedisClientType } from 'redis';
import type { Database } from '../../database/database.ts';
import type { Migration } from '../../database/migrate.ts';
import type { ApiRoute } from '../../http/api.ts';
import type { Tracing } from '../../tracing/tracing.ts';
import type { Caller } from './caller.ts';
import type { ServiceEnvironment } from './environment.ts';
import type { ServiceLog } from './log.ts';
import type { Messaging } from './messaging.ts';
import type { ServiceName } from './names.ts';
import type { TokenCheck } from './tokens.ts';

/** A service of the platform: what it is called, the steps of its database, and what it is made of. */
export type ServiceDefinition = StoringService | StatelessService;

/** A service with a database of its own. */
export interface StoringService {
  readonly name: ServiceName;
  /** Every step of its database, in order. */
  readonly migrations: readonly Migration[];
  create(context: ServiceContext): Promise<ServiceParts>;
}

/** A service without a database. */
export interface StatelessService {
  readonly name: ServiceName;
  readonly migrations?: undefined;
  create(context: StatelessContext): Promise<ServiceParts>;
}

/** What a service without a database is given. */
export interface StatelessContext {
  readonly environment: ServiceEnvironment;
  readonly version: string;
  readonly log: ServiceLog;
  /** Records traces; absent where nobody does. */
  readonly tracing: Tracing | undefined;
  /** The Redis server of `REDIS_URL`; undefined without one. */
  readonly redis: RedisClientType | undefined;
  /** Where its own numbers belong that are to stand in `/metrics`. */
  readonly metrics: Registry;
  /**
   * Checks the bearer token of a request, also while the auth service is away.
   * @throws Problem 401 for a token that is missing, invalid or too old; 503 where the keys were never read
   */
  authenticate(headers: IncomingHttpHeaders): Promise<Caller>;
  /** What `authenticate` is part of, for who has more to ask about tokens. */
  readonly tokens: TokenCheck;
  /** A token of this service, which is good for another five seconds at least. @throws Problem 503 while auth is away */
  serviceToken(): Promise<string>;
  /**
   * The gRPC endpoint of another service, for `createClient` of `@connectrpc/connect`. Calls carry this service's token
   * and the trace of the request under way, and end at its deadline, or after five seconds.
   */
  grpc(peer: ServiceName): GrpcTransport;
  /** The topology `platform`, on SNS and SQS or on RabbitMQ. */
  readonly messaging: Messaging;
}

/** What a service is given. */
export interface ServiceContext extends StatelessContext {
  /** Opened, and its tables up to date. */
  readonly database: Database;
}

/** What a service is made of. */
export interface ServiceParts {
  readonly routes: readonly ApiRoute[];
  /** Adds its gRPC services; they are served at `GRPC_PORT` to callers with a token, see `callerOf`. */
  readonly grpc?: (router: ConnectRouter) => void;
  /** What `/ready` asks besides database, Redis and messaging. A check rejects with what is wrong. */
  readonly ready?: readonly ReadyProbe[];
  /** Begins background work once the service listens. @returns what ends it */
  readonly start?: () => Promise<() => Promise<void>>;
  /** Adds what routes can't say, such as proxies, before the routes are added. */
  readonly extend?: (app: FastifyInstance) => Promise<void>;
}

/** One thing that a service needs. */
export interface ReadyProbe {
  readonly name: string;
  /** It is shown, and the service works without it all the same. */
  readonly isOptional?: boolean;
  check(): Promise<void>;
}
