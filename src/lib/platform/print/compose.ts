import { CONTAINER_PORTS, SERVICE_NAMES, type ServiceName } from '../service/names.ts';
import { ENTRYPOINT, isStoring, secretVariable, serviceEnvironment } from './environment.ts';

/** A container of a Compose file, as far as it is used here. */
export interface ComposeService {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: Readonly<Record<string, unknown>>;
  readonly restart?: string;
}

/** @see https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const HEALTHY = { condition: 'service_healthy' };
const AWS = {
  AWS_ENDPOINT_URL: 'http://engine:4566',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** The platform as a Compose file, with its engine, a Postgres server for each service that keeps data, and Redis. */
export function composeFile(image: string): ComposeFile {
  const storing = SERVICE_NAMES.filter(isStoring);
  return {
    services: {
      engine: {
        image,
        command: ['--allow-anyone', '--allow-host', 'engine'],
        volumes: ['engine:/data'],
      },
      setup: {
        image,
        entrypoint: ENTRYPOINT,
        command: ['setup', '--topology', 'platform', '--yes'],
        environment: AWS,
        depends_on: { engine: HEALTHY },
      },
      redis: {
        image: 'redis:7-alpine',
        healthcheck: { test: ['CMD', 'redis-cli', 'ping'], interval: '5s' },
      },
      ...Object.fromEntries(storing.map((name) => [databaseHost(name), database(name)])),
      ...Object.fromEntries(SERVICE_NAMES.map((name) => [name, service(name, image)])),
    },
    volumes: Object.fromEntries(['engine', ...storing.map(databaseHost)].map((key) => [key, null])),
  };
}

function databaseHost(name: ServiceName): string {
  return `${name}-db`;
}

function database(name: ServiceName): ComposeService {
  return {
    image: 'postgres:17-alpine',
    environment: { POSTGRES_DB: name, POSTGRES_USER: name, POSTGRES_PASSWORD: required(name) },
    volumes: [`${databaseHost(name)}:/var/lib/postgresql/data`],
    healthcheck: { test: ['CMD', 'pg_isready', '-U', name], interval: '5s' },
  };
}

/** A secret that has to be in the environment of `docker compose`. */
function required(name: ServiceName): string {
  return `\${${secretVariable(name)}:?make one with openssl rand -hex 32}`;
}

function service(name: ServiceName, image: string): ComposeService {
  const { http } = CONTAINER_PORTS[name];
  const url = `postgres://${name}:${required(name)}@${databaseHost(name)}:5432/${name}`;
  return {
    image,
    entrypoint: ENTRYPOINT,
    command: ['platform', 'service', name],
    environment: {
      ...serviceEnvironment(name),
      ...AWS,
      SERVICE_SECRET: required(name),
      ...(isStoring(name) && { DATABASE_URL: url }),
      ...(name === 'auth' && authSecrets()),
    },
    ...(name === 'gateway' && { ports: [`8080:${http}`] }),
    depends_on: {
      redis: HEALTHY,
      setup: { condition: 'service_completed_successfully' },
      ...(isStoring(name) && { [databaseHost(name)]: HEALTHY }),
    },
    healthcheck: {
      test: [
        'CMD',
        'node',
        '-e',
        `fetch('http://127.0.0.1:${http}/health').then((a)=>process.exit(a.ok?0:1))`,
      ],
      interval: '5s',
      start_period: '30s',
    },
    restart: 'unless-stopped',
  };
}

function authSecrets(): Record<string, string> {
  return {
    SERVICE_SECRETS: SERVICE_NAMES.map((name) => `${name}=${required(name)}`).join(','),
    ADMIN_PASSWORD: `\${ADMIN_PASSWORD:?choose one of 12 characters or more}`,
  };
}
