import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { makeEmptyDatabases } from '../../database/empty-databases.ts';
import { freePorts, isFree } from '../../process/free-ports.ts';
import { AppError } from '../../rules/errors.ts';
import {
  ADMIN_EMAIL,
  CONTAINER_PORTS,
  type ServiceName,
  STORING_SERVICES,
} from '../service/names.ts';
import { makePostgresDatabases, serviceDatabaseUrl } from './postgres-databases.ts';
import { INSTANCE_VARIABLE, isRunning, launch, untilReady } from './processes.ts';
import {
  type PlatformRecord,
  platformFolder,
  readPlatform,
  type ServiceRecord,
  writePlatform,
} from './record.ts';
import { platformSecrets, type Secrets } from './secrets.ts';
import { SERVICES_THERE } from './services.ts';

/** Services that start one after the other, those of one row side by side. */
const ROWS: readonly (readonly ServiceName[])[] = [
  ['auth'],
  ['users', 'products', 'payments', 'notifications'],
  ['orders'],
  ['gateway'],
];

/** The services that there are, in the order in which they start. */
export const START_ORDER: readonly (readonly ServiceName[])[] = ROWS.map((row) =>
  row.filter((name) => SERVICES_THERE.includes(name)),
).filter((row) => row.length > 0);

export interface UpOptions {
  readonly stateDir: string;
  /** The gateway's port; 0 for a free one. */
  readonly port: number;
  /** What every service gets, where to find SNS and SQS or RabbitMQ included. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The command line of a service, without its name. */
  readonly command: readonly string[];
  readonly ownsEngine: boolean;
  readonly signal: AbortSignal;
  readonly onEvent?: (event: UpEvent) => void;
}

/** What happens while a platform starts. */
export type UpEvent =
  | { readonly kind: 'databases' }
  | { readonly kind: 'starting' | 'ready'; readonly service: ServiceRecord };

/**
 * Starts the services of a platform that don't run yet.
 * @returns its record, and which were started
 * @throws AppError `PortInUse`, `ServiceStartFailed`; the signal's reason. What was started by then goes on: `down` ends it
 */
export async function startPlatform(
  options: UpOptions,
): Promise<{ record: PlatformRecord; started: readonly ServiceName[] }> {
  const { stateDir, signal, onEvent } = options;
  const before = readPlatform(stateDir);
  let record = await settledRecord(options, before);
  const missing = record.services.filter((service) => !isRunning(service, record.instance));
  const secrets = platformSecrets(stateDir);
  await makeDatabases(missing, options);
  writePlatform(stateDir, record);
  for (const row of START_ORDER) {
    const launched = missing
      .filter(({ name }) => row.includes(name))
      .map((service) => ({ ...service, ...launchService(service, record, secrets, options) }));
    if (launched.length === 0) continue;
    record = { ...record, services: replaced(record.services, launched) };
    writePlatform(stateDir, record);
    await Promise.all(
      launched.map(async (service) => {
        onEvent?.({ kind: 'starting', service });
        await untilReady(stateDir, service, signal);
        onEvent?.({ kind: 'ready', service });
      }),
    );
  }
  return { record, started: missing.map(({ name }) => name) };
}

/** Makes the databases of services: on the Postgres server that was given, or else embedded ones. */
async function makeDatabases(
  services: readonly ServiceRecord[],
  { stateDir, env, signal, onEvent }: UpOptions,
): Promise<void> {
  const storing = services
    .map(({ name }) => name)
    .filter((name) => STORING_SERVICES.includes(name));
  if (storing.length === 0) return;
  if (env.DATABASE_URL) {
    return makePostgresDatabases(env.DATABASE_URL, storing);
  }
  const folders = storing.map((name) => join(platformFolder(stateDir), name));
  await makeEmptyDatabases(folders, { signal, onCreate: () => onEvent?.({ kind: 'databases' }) });
}

/** The record of what is to run: ports stay what they were. */
async function settledRecord(
  { port, ownsEngine }: UpOptions,
  before: PlatformRecord | undefined,
): Promise<PlatformRecord> {
  const names = START_ORDER.flat();
  const fresh = await freePorts(names.length * 2);
  const known = new Map(before?.services.map((service) => [service.name, service]));
  const instance = before?.instance ?? randomUUID();
  const services: ServiceRecord[] = [];
  for (const name of names) {
    const old = known.get(name);
    const [http = 0, grpc = 0] = fresh.splice(0, 2);
    if (old !== undefined && (isRunning(old, instance) || (await isFree(old.port)))) {
      services.push(old);
      continue;
    }
    const wanted = name === 'gateway' && port !== 0 ? port : http;
    if (wanted === port && !(await isFree(port))) throw portInUse(port);
    const grpcPort = CONTAINER_PORTS[name].grpc === undefined ? undefined : grpc;
    services.push({ name, pid: 0, port: wanted, grpcPort });
  }
  return { instance, ownsEngine: before?.ownsEngine || ownsEngine, services };
}

function launchService(
  service: ServiceRecord,
  { services, instance }: PlatformRecord,
  secrets: Secrets,
  { stateDir, env, command }: UpOptions,
): Pick<ServiceRecord, 'pid' | 'startedAt'> {
  const { name } = service;
  const pid = launch({
    stateDir,
    name,
    command: [...command, name],
    env: {
      ...env,
      ...serviceEnvironment(service, services, secrets),
      ...(env.DATABASE_URL && { DATABASE_URL: serviceDatabaseUrl(env.DATABASE_URL, name) }),
      [INSTANCE_VARIABLE]: instance,
    },
  });
  return { pid, startedAt: new Date().toISOString() };
}

/** What tells a service where it listens, who it is, and where the others are. */
function serviceEnvironment(
  { name, port, grpcPort }: ServiceRecord,
  services: readonly ServiceRecord[],
  secrets: Secrets,
): Record<string, string> {
  const at = (to: number): string => `http://127.0.0.1:${to}`;
  const urls = services.flatMap((other): [string, string][] => {
    const variable = other.name.toUpperCase();
    return [
      [`${variable}_URL`, at(other.port)],
      ...(other.grpcPort === undefined
        ? []
        : [[`${variable}_GRPC_URL`, at(other.grpcPort)] as [string, string]]),
    ];
  });
  const gateway = services.find((other) => other.name === 'gateway') ?? { port };
  return {
    ...Object.fromEntries(urls),
    HOST: '127.0.0.1',
    PORT: String(port),
    GRPC_PORT: String(grpcPort ?? 0),
    SERVICE_SECRET: secrets.services[name],
    PUBLIC_URL: at(gateway.port),
    ...(name === 'auth' && authSecrets(secrets)),
  };
}

function authSecrets({ services, adminPassword }: Secrets): Record<string, string> {
  const pairs = Object.entries(services).map(([name, secret]) => `${name}=${secret}`);
  return { SERVICE_SECRETS: pairs.join(','), ADMIN_EMAIL, ADMIN_PASSWORD: adminPassword };
}

function replaced(
  services: readonly ServiceRecord[],
  changed: readonly ServiceRecord[],
): ServiceRecord[] {
  return services.map((service) => changed.find(({ name }) => name === service.name) ?? service);
}

function portInUse(port: number): AppError {
  return new AppError({
    code: 'PortInUse',
    message: `Port ${port} is in use.`,
    hint: 'Choose another for the gateway, or a free one with: pubsub platform up --port 0',
  });
}
