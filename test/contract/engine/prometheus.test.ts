import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createMetrics } from '../../../src/lib/orders/http/metrics.ts';
import { type FunctionEngine, functionEngine } from '../../fixtures/functions.ts';
import { freePort, quit } from '../../fixtures/postgres.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples/prometheus');
const RULES = join(EXAMPLES, 'alarms.yml');
const folder = mkdtempSync(join(tmpdir(), 'pubsub-prometheus-'));
const inPath = (name: string) =>
  (process.env.PATH ?? '').split(':').some((place) => existsSync(join(place, name)));
const missing = !inPath('prometheus') || !inPath('promtool');

let engine: FunctionEngine;
beforeAll(async () => {
  engine = await functionEngine();
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What promtool says, with its exit code: 3 for metrics that are valid and yet not as they should be. */
function promtool(args: readonly string[], input = ''): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    const child = execFile('promtool', [...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, said: stdout + stderr });
    });
    child.stdin?.end(input);
  });
}

const metricsOf = async (): Promise<string> =>
  (await fetch(`${engine.running.endpoint}/_pubsub/metrics`)).text();

/** A queue with a dead-letter queue behind it, in which one message lies. */
async function deadLetter(name: string): Promise<void> {
  const { sqs } = engine;
  const { QueueUrl: dlq = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: `${name}-dlq` }),
  );
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const deadLetterTargetArn = `arn:aws:sqs:us-east-1:${dlq.split('/').at(-2)}:${name}-dlq`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  const Attributes = { RedrivePolicy, VisibilityTimeout: '0' };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  for (const _ of [1, 2]) await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
}

it('tells dead letters and the age of the oldest message', async () => {
  await deadLetter('told');
  const text = await metricsOf();
  expect(text).toMatch(/^pubsub_dead_letters\{.*queue="told-dlq"\} 1$/m);
  expect(text).not.toMatch(/^pubsub_dead_letters\{.*queue="told"\}/m);
  expect(text).toMatch(/^pubsub_queue_oldest_message_seconds\{.*queue="told"\} 0$/m);
  expect(text).toMatch(/^pubsub_queue_oldest_message_seconds\{.*queue="told-dlq"\} [\d.]+$/m);
});

it.skipIf(!missing)('Prometheus reads them', ({ skip }) => {
  skip('prometheus is not installed');
});

it.skipIf(missing)('promtool has nothing to say about the metrics', async () => {
  await engine.create('counted', 'exports.handler = async () => 1;');
  await engine.invoke('counted');
  const { QueueUrl } = await engine.sqs.send(new CreateQueueCommand({ QueueName: 'fair' }));
  const message = { QueueUrl, MessageBody: 'x', MessageGroupId: 'tenant' };
  await engine.sqs.send(new SendMessageCommand(message));
  const text = await metricsOf();
  for (const each of ['pubsub_queue_noisy_groups', 'pubsub_function_invocations_total']) {
    expect(text).toContain(`${each}{`);
  }
  expect(await promtool(['check', 'metrics'], text)).toEqual({ code: 0, said: '' });

  const orders = createMetrics({
    lag: async () => ({ waiting: 1, failing: 0, oldestAgeSeconds: 2 }),
    relay: () => ({ published: 1, failures: 0 }),
  });
  orders.observe({ method: 'GET', route: '/orders', status: 200, seconds: 0.01 });
  expect(await promtool(['check', 'metrics'], await orders.text())).toEqual({ code: 0, said: '' });
});

it.skipIf(missing)('promtool takes the rules and the configuration', async () => {
  expect(await promtool(['check', 'rules', RULES])).toMatchObject({ code: 0 });
  const config = join(EXAMPLES, 'prometheus.yml');
  expect(await promtool(['check', 'config', config])).toMatchObject({ code: 0 });
});

it.skipIf(missing)(
  'every alarm fires at its bound and not below it, by metrics that are there',
  async () => {
    const queue = 'account="1",region="r",queue="q"';
    const dlq = 'account="1",region="r",queue="q-dlq"';
    const request = (status: string) =>
      `pubsub_http_requests_total{instance="i",status="${status}"}`;
    const quiet = [
      [`pubsub_queue_messages{${queue},state="visible"}`, '1000x20'],
      [`pubsub_queue_messages{${queue},state="in-flight"}`, '2000x20'],
      [`pubsub_queue_oldest_message_seconds{${queue}}`, '300x20'],
      [`pubsub_queue_oldest_message_seconds{${dlq}}`, '9000x20'],
      [`pubsub_dead_letters{${dlq}}`, '0x20'],
      ['pubsub_function_errors_total{function="f"}', '0+1x20'],
      ['pubsub_function_invocations_total{function="f"}', '0+100x20'],
      ['pubsub_outbox_oldest_seconds', '60x20'],
      ['pubsub_outbox_failing', '0x20'],
      [request('500'), '0+1x20'],
      [request('200'), '0+99x20'],
    ] as const;
    const loud = [
      [quiet[0][0], '1001x20'],
      [quiet[2][0], '301x20'],
      [quiet[4][0], '1x20'],
      [quiet[5][0], '0+2x20'],
      [quiet[6][0], '0+100x20'],
      [quiet[7][0], '61x20'],
      [quiet[9][0], '0+2x20'],
      [quiet[10][0], '0+98x20'],
    ] as const;
    const alerts = parse(readFileSync(RULES, 'utf8')).groups[0].rules as { alert: string }[];
    const names = alerts.map(({ alert }) => alert);
    const check = async (series: readonly (readonly [string, string])[], fires: boolean) => {
      const tests = [
        {
          interval: '1m',
          input_series: series.map(([each, values]) => ({ series: each, values })),
          promql_expr_test: names.map((name) => ({
            expr: `count(ALERTS{alertname="${name}",alertstate="firing"})`,
            eval_time: '10m',
            exp_samples: fires ? [{ labels: '{}', value: 1 }] : [],
          })),
        },
      ];
      const file = join(folder, `${fires}.yml`);
      writeFileSync(file, stringify({ rule_files: [RULES], evaluation_interval: '1m', tests }));
      return promtool(['test', 'rules', file]);
    };
    expect(await check(quiet, false)).toMatchObject({ code: 0 });
    expect(await check(loud, true)).toMatchObject({ code: 0 });
    const known = `${await metricsOf()}${await createMetrics({ lag: async () => ({ waiting: 0, failing: 0, oldestAgeSeconds: null }) }).text()}`;
    for (const name of readFileSync(RULES, 'utf8').match(/pubsub_\w+/g) ?? []) {
      expect(known).toContain(`# TYPE ${name} `);
    }
  },
);

it.skipIf(missing)('Prometheus scrapes the engine, and its alarm fires', async () => {
  await deadLetter('scraped');
  const port = await freePort();
  const file = join(folder, 'prometheus.yml');
  const config = parse(readFileSync(join(EXAMPLES, 'prometheus.yml'), 'utf8'));
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' };
  config.rule_files = [RULES];
  config.scrape_configs[0].static_configs[0].targets = [new URL(engine.running.endpoint).host];
  writeFileSync(file, stringify(config));
  const listen = `--web.listen-address=127.0.0.1:${port}`;
  const flags = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, listen];
  const child = spawn('prometheus', flags, { stdio: 'ignore' });
  try {
    await expect
      .poll(
        async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`).catch(
            () => undefined,
          );
          const { data } = answer?.ok
            ? ((await answer.json()) as { data: { alerts: Alert[] } })
            : {};
          return data?.alerts.map(({ labels, state }) => [labels.alertname, labels.queue, state]);
        },
        { timeout: 60_000, interval: 250 },
      )
      .toContainEqual(['DeadLetters', 'scraped-dlq', 'firing']);
  } finally {
    await quit(child);
  }
});

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}
