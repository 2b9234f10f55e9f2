import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { startInBackground, stopBackground } from '../../../src/lib/engine/background.ts';
import { freePorts } from '../../../src/lib/process/free-ports.ts';
import { onServer, startPostgres } from '../../fixtures/postgres.ts';
import type { Pubsub, RunningProcess } from '../../fixtures/pubsub.ts';
import { startRabbitMq } from '../../fixtures/rabbitmq.ts';

const SERVICES = ['auth', 'users', 'products', 'payments', 'notifications', 'orders'] as const;
type Service = (typeof SERVICES)[number];
type Victim = Service | 'broker' | 'database';

/** What carries the messages of a shop. */
export interface TestBroker {
  /** How commands are led to it. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Ends it without a word, and starts it again on the same disk and port. */
  kill(during: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** An engine of its own, in the background. */
export async function startEngineBroker(): Promise<TestBroker> {
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-saga-kill-'));
  let engine = await startInBackground({ stateDir, port: 0 });
  const { endpoint } = engine;
  return {
    flags: ['--endpoint-url', endpoint],
    env: {},
    async kill(during) {
      process.kill(engine.pid, 'SIGKILL');
      await during();
      engine = await startInBackground({ stateDir, port: Number(new URL(endpoint).port) });
    },
    async stop() {
      await stopBackground(stateDir);
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** A RabbitMQ server of its own. */
export async function startRabbitMqBroker(): Promise<TestBroker> {
  const server = await startRabbitMq();
  return {
    flags: ['--target', 'rabbitmq'],
    env: { ...(await server.vhost()) },
    async kill(during) {
      await server.kill();
      await during();
      await server.start();
    },
    stop: () => server.stop(),
  };
}

/** Services with a Postgres server and a broker, of which any may be killed. */
export interface KilledShop {
  urlOf(service: Service): string;
  databaseOf(service: string): string;
  /** Kills at random until it is told to end. @returns how often, by kind, once everything runs again */
  killUntil(over: AbortSignal): Promise<Readonly<Record<string, number>>>;
  stop(): Promise<void>;
}

/** Sets the topology up, and starts the services with a database each. @param smtpUrl where mails are sent */
export async function startKilledShop(
  pubsub: Pubsub,
  broker: TestBroker,
  smtpUrl: string,
): Promise<KilledShop> {
  // A server of its own: it is killed.
  const postgres = await startPostgres({});
  const databaseOf = (name: string): string => {
    const url = new URL(postgres.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  for (const name of SERVICES) await onServer(postgres.url, `create database ${name}`);
  const { env, flags } = broker;
  const setup = await pubsub.run(['setup', '--topology', 'platform', '--yes', ...flags], { env });
  expect([setup.code, setup.stderr]).toEqual([0, expect.anything()]);

  const ports = await freePorts(SERVICES.length * 2);
  const at = (index: number): string => `http://127.0.0.1:${ports[index]}`;
  const secret = randomBytes(16).toString('hex');
  const addresses = SERVICES.flatMap((name, index) => [
    [`${name.toUpperCase()}_URL`, at(2 * index)],
    [`${name.toUpperCase()}_GRPC_URL`, at(2 * index + 1)],
  ]);
  const start = async (name: Service): Promise<RunningProcess> => {
    const index = SERVICES.indexOf(name);
    const run = pubsub.spawn(['platform', 'service', name, ...flags, '--json'], {
      env: {
        ...{ ...env, ...Object.fromEntries(addresses), DATABASE_URL: databaseOf(name) },
        ...{ PORT: String(ports[2 * index]), GRPC_PORT: String(ports[2 * index + 1]) },
        ...{ SERVICE_SECRET: secret, SMTP_URL: smtpUrl },
        SERVICE_SECRETS: SERVICES.map((each) => `${each}=${secret}`).join(','),
      },
    });
    await run.waitFor('"url"');
    return run;
  };
  const running = new Map<Service, RunningProcess>();
  for (const name of SERVICES) running.set(name, await start(name));

  const pause = () => sleep(Math.random() * 1_500);
  const kill = async (victim: Victim): Promise<void> => {
    if (victim === 'database') return postgres.outage?.(pause, 'SIGKILL');
    if (victim === 'broker') return broker.kill(pause);
    const run = running.get(victim);
    run?.child.kill('SIGKILL');
    await run?.finished;
    await pause();
    running.set(victim, await startAgain(() => start(victim)));
  };
  return {
    urlOf: (name) => at(2 * SERVICES.indexOf(name)),
    databaseOf,
    async killUntil(over) {
      const victims: readonly Victim[] = [...SERVICES, 'broker', 'database'];
      const kills: Partial<Record<Victim, number>> = {};
      while (!over.aborted) {
        await sleep(500 + Math.random() * 2_500);
        const victim = victims[Math.floor(Math.random() * victims.length)] ?? 'orders';
        kills[victim] = (kills[victim] ?? 0) + 1;
        await kill(victim);
      }
      return kills;
    },
    async stop() {
      for (const run of running.values()) run.child.kill('SIGKILL');
      await Promise.all([...running.values()].map(({ finished }) => finished));
      await postgres.stop();
    },
  };
}

/** A database that is away at that moment keeps a service from starting, as it should. */
async function startAgain(start: () => Promise<RunningProcess>): Promise<RunningProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 20) throw error;
      await sleep(500);
    }
  }
}
