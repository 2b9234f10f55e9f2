import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { type Aws, createAws } from '../../src/lib/aws/clients.ts';
import { resolveSettings, type Settings } from '../../src/lib/config/settings.ts';
import { type RunningEngine, type StartOptions, startEngine } from '../../src/lib/engine/server.ts';

/** Another implementation's address: every test that uses `useEndpoint` then runs against it, unchanged. */
const INDEPENDENT = process.env.PUBSUB_TEST_ENDPOINT || undefined;

/** Whether the tests run against another implementation than the embedded engine. */
export const isIndependent = INDEPENDENT !== undefined;

/** Where a test file's calls go. Valid from `beforeAll` on. */
export interface TestEndpoint {
  readonly url: string;
  readonly aws: Aws;
  readonly settings: Settings;
  /** The engine behind the endpoint. @throws where PUBSUB_TEST_ENDPOINT names another implementation. */
  readonly engine: RunningEngine;
}

/**
 * Gives a test file an endpoint: PUBSUB_TEST_ENDPOINT where it is set, otherwise an engine of its own in memory, on a
 * free port. Call it at the top of a file or a `describe`; it ends with that.
 * @param options of the engine; AWS's waiting periods are off unless `strictTimings` is given.
 */
export function useEndpoint(options: StartOptions = {}): TestEndpoint {
  let running: RunningEngine | undefined;
  let settings: Settings | undefined;
  let aws: Aws | undefined;
  beforeAll(async () => {
    if (!INDEPENDENT) running = await startEngine({ strictTimings: false, ...options, port: 0 });
    const endpointUrl = INDEPENDENT ?? running?.endpoint ?? '';
    settings = await resolveSettings({ endpointUrl, region: 'us-east-1' }, {}, '/');
    aws = await createAws(settings);
  });
  afterAll(async () => {
    aws?.close();
    await running?.stop();
  });
  return {
    get url() {
      return INDEPENDENT ?? ready(running).endpoint;
    },
    get aws() {
      return ready(aws);
    },
    get settings() {
      return ready(settings);
    },
    get engine() {
      return ready(running);
    },
  };
}

function ready<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The endpoint is there from beforeAll on.');
  return value;
}

/** A prefix that no other test uses, so that tests share an endpoint without meeting. */
export function uniquePrefix(): string {
  return `t${randomUUID().slice(0, 8)}`;
}
