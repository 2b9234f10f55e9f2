import { readProxies } from '../../http/trusted-proxies.ts';
import { usageError } from '../../rules/errors.ts';
import { CONTAINER_PORTS, SERVICE_NAMES, type ServiceName } from './names.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What the environment says of a service. */
export interface ServiceEnvironment {
  readonly name: ServiceName;
  /** Address and ports to listen on; 0 for a free port. */
  readonly host: string;
  readonly port: number;
  readonly grpcPort: number;
  /** A Postgres server; without one, an embedded database. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly smtpUrl: string | undefined;
  /** The client secret of this service at auth. */
  readonly secret: string | undefined;
  /** Addresses and ranges of proxies before it whose word on the client is taken. */
  readonly trustedProxies: readonly string[];
  /** Where the other services answer. */
  readonly peers: Readonly<Record<ServiceName, Peer>>;
  /** All of it, for what one service alone reads. */
  readonly variables: Env;
}

/** Where a service answers. */
export interface Peer {
  /** Without a slash at the end. */
  readonly url: string;
  readonly grpcUrl: string;
}

/**
 * Reads the environment of a service. What isn't there is as in a container on this machine.
 * @throws AppError `InvalidEnvironment` (exit 2)
 */
export function readServiceEnvironment(name: ServiceName, env: Env): ServiceEnvironment {
  const ports = CONTAINER_PORTS[name];
  return {
    name,
    host: env.HOST || '127.0.0.1',
    port: readPort('PORT', env, ports.http),
    grpcPort: readPort('GRPC_PORT', env, ports.grpc ?? 0),
    databaseUrl: env.DATABASE_URL || undefined,
    redisUrl: env.REDIS_URL || undefined,
    smtpUrl: env.SMTP_URL || undefined,
    secret: env.SERVICE_SECRET || undefined,
    trustedProxies: env.TRUSTED_PROXIES ? readProxies('TRUSTED_PROXIES', env.TRUSTED_PROXIES) : [],
    peers: Object.fromEntries(
      SERVICE_NAMES.map((each) => [each, readPeer(each, env)]),
    ) as ServiceEnvironment['peers'],
    variables: env,
  };
}

function readPeer(name: ServiceName, env: Env): Peer {
  const { http, grpc = 0 } = CONTAINER_PORTS[name];
  const variable = name.toUpperCase();
  return {
    url: readUrl(`${variable}_URL`, env, http),
    grpcUrl: readUrl(`${variable}_GRPC_URL`, env, grpc),
  };
}

function readUrl(variable: string, env: Env, port: number): string {
  const text = env[variable] || `http://127.0.0.1:${port}`;
  if (/^https?:\/\/[^/?#]+\/?$/.test(text) && URL.canParse(text)) return text.replace(/\/$/, '');
  throw invalid(variable, 'must be an address such as http://127.0.0.1:3001');
}

function readPort(variable: string, env: Env, usual: number): number {
  const text = env[variable];
  if (!text) return usual;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw invalid(variable, 'must be a whole number from 0 to 65535');
}

function invalid(variable: string, problem: string): Error {
  return usageError(
    `${variable} ${problem}.`,
    'See what a service reads with: pubsub platform service --help',
    'InvalidEnvironment',
  );
}
