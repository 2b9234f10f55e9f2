import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { type Pubsub, usePubsub } from '../../fixtures/pubsub.ts';
import {
  type RabbitMqEnv,
  rabbitMqMissing,
  startRabbitMq,
  type TestRabbitMq,
} from '../../fixtures/rabbitmq.ts';

/** The commands on a server of the file's own. Each test has a vhost of its own. */
export interface OnRabbitMq {
  readonly pubsub: Pubsub;
  readonly server: TestRabbitMq;
  /** Leads the commands to the test's vhost. */
  readonly env: RabbitMqEnv;
  readonly vhost: string;
  /** Leads them there through what listens on another port. */
  envThrough(port: number): RabbitMqEnv;
  /** Runs a command in the test's vhost. */
  run(...args: readonly string[]): ReturnType<Pubsub['run']>;
  /** Runs one with `--json` and parses stdout. */
  json(...args: readonly string[]): ReturnType<Pubsub['json']>;
  /** Writes the `pubsub.yaml` of the folder that commands run in. */
  topology(yaml: string): void;
  /** Names of the queues, or of the exchanges that somebody made. */
  names(kind: 'queues' | 'exchanges'): Promise<string[]>;
}

/** Tests with a real RabbitMQ server; skipped where none is installed. */
export function describeOnRabbitMq(title: string, tests: (rabbit: OnRabbitMq) => void): void {
  const skipped = rabbitMqMissing === undefined ? '' : ` (skipped: ${rabbitMqMissing})`;
  describe.skipIf(rabbitMqMissing)(title + skipped, () => tests(useRabbitMq()));
}

function useRabbitMq(): OnRabbitMq {
  const pubsub = usePubsub();
  let server: TestRabbitMq | undefined;
  let env: RabbitMqEnv;
  beforeAll(async () => {
    server = await startRabbitMq();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    env = await started(server).vhost();
  });
  const vhost = (): string => new URL(env.RABBITMQ_URL).pathname.slice(1);
  return {
    pubsub,
    get server() {
      return started(server);
    },
    get env() {
      return env;
    },
    get vhost() {
      return vhost();
    },
    envThrough: (port) => ({
      ...env,
      RABBITMQ_URL: env.RABBITMQ_URL.replace(String(started(server).port), String(port)),
    }),
    run: (...args) => pubsub.run(args, { env: { ...env } }),
    json: (...args) => pubsub.json(args, { env: { ...env } }),
    topology: (yaml) => writeFileSync(join(pubsub.env.HOME, 'pubsub.yaml'), yaml),
    async names(kind) {
      const found = await started(server).ask<{ name: string }[]>('GET', `${kind}/${vhost()}`);
      return found
        .map(({ name }) => name)
        .filter((name) => name !== '' && !name.startsWith('amq.'))
        .sort();
    },
  };
}

function started(server: TestRabbitMq | undefined): TestRabbitMq {
  if (server === undefined) throw new Error('The server is there from beforeAll on.');
  return server;
}
