import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTopicCommand, DeleteTopicCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawEvent } from '../../../src/lib/events/outgoing-event.ts';
import { publishToTopics, type RoutedItem } from '../../../src/lib/publish/publish-topics.ts';
import { createPublisher } from '../../../src/lib/publish/publisher.ts';
import { Ranges } from '../../../src/lib/rules/text/ranges.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { type HandMadeQueue, makeQueue, makeTopic, subscribe } from '../../fixtures/fan-out.ts';
import { runMain } from '../../fixtures/main.ts';

interface Account {
  readonly published: number;
  readonly failed: number;
  readonly messages: readonly { readonly eventType: string; readonly topic: string }[];
  readonly failures: readonly { readonly line: number; readonly code: string }[];
  readonly accepted?: string;
  readonly notAccepted?: string;
  readonly goOn?: readonly string[];
}

describe('a file of events for several topics', () => {
  const endpoint = useEndpoint();
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-topics-'));
  const prefix = uniquePrefix();
  const arns: Record<string, string> = {};
  let plain: HandMadeQueue;
  let ordered: HandMadeQueue;
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    const { aws } = endpoint;
    for (const name of ['payments', 'gone', 'ledger.fifo']) {
      arns[name] = await makeTopic(aws, `${prefix}-${name}`);
    }
    const { payments = '', 'ledger.fifo': ledger = '' } = arns;
    plain = await makeQueue(aws, `${prefix}-plain`, { lets: [payments] });
    ordered = await makeQueue(aws, `${prefix}-ordered.fifo`, { lets: [ledger] });
    await subscribe(aws, payments, plain, { RawMessageDelivery: 'true' });
    await subscribe(aws, ledger, ordered, { RawMessageDelivery: 'true' });
    const yaml = `topology: mixed
prefix: ${prefix}
topics: { payments: {}, gone: {}, ledger: { fifo: true } }
events:
  payment.captured: { topic: payments }
  entry.made: { topic: ledger }
  user.gone: { topic: gone }
  other: {}
`;
    writeFileSync(join(folder, 'pubsub.yaml'), yaml);
  });

  function run(...args: readonly string[]) {
    const env = {
      HOME: folder,
      XDG_STATE_HOME: join(folder, 'state'),
      AWS_ENDPOINT_URL: endpoint.url,
      AWS_REGION: 'us-east-1',
    };
    return runMain(['publish', '--file', 'events.jsonl', ...args], env, { cwd: folder });
  }
  const write = (lines: readonly (object | string)[]): void =>
    writeFileSync(
      join(folder, 'events.jsonl'),
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    );
  /** What lies in a queue: the numbers of its events, in their order. */
  async function take({ url: QueueUrl }: HandMadeQueue, count: number): Promise<number[]> {
    const taken: number[] = [];
    while (taken.length < count) {
      const { Messages = [] } = await endpoint.aws.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
      );
      if (Messages.length === 0) break;
      taken.push(...Messages.map(({ Body = '' }) => JSON.parse(Body).n));
    }
    return taken;
  }

  it('sends each line to the topic of its type, and accounts for each', async () => {
    write([
      { event_type: 'payment.captured', n: 1 },
      { event_type: 'entry.made', n: 2 },
      { event_type: 'other', n: 3 },
      { event_type: 'entry.made', n: 4 },
      '{ no JSON',
      { event: { event_type: 'entry.made', n: 6 }, attributes: {} },
      { body: '{"n":7}', attributes: { event_type: 'payment.captured' } },
      { n: 8 },
      { event_type: 'nobody.knows', n: 9 },
    ]);
    const { code, stdout } = await run('--json');
    expect(code).toBe(1);
    const account = JSON.parse(stdout) as Account;
    expect(account).toMatchObject({ published: 5, failed: 4 });
    const topics = account.messages.map(({ eventType, topic }) => `${eventType} ${topic}`);
    expect(topics.sort()).toEqual([
      ...Array(3).fill(`entry.made ${prefix}-ledger.fifo`),
      ...Array(2).fill(`payment.captured ${prefix}-payments`),
    ]);
    expect(account.failures.map(({ line, code: why }) => [line, why])).toEqual([
      [3, 'MissingTopic'],
      [5, 'InvalidEvent'],
      [8, expect.any(String)],
      [9, 'UnknownEventType'],
    ]);
    expect((await take(plain, 2)).sort()).toEqual([1, 7]);
    expect(await take(ordered, 3)).toEqual([2, 4, 6]);
    const shown = await run();
    expect(shown.stdout).toContain(
      `Published 5 events: 2 to ${prefix}-payments, 3 to ${prefix}-ledger.fifo, 4 failed`,
    );
  });

  it('sends all to one topic where that is named', async () => {
    write([{ event_type: 'entry.made' }, { event_type: 'other' }]);
    const { stdout } = await run('--topic', 'payments', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ published: 2, failed: 0 });
  });

  it('ends with one topic that is gone, and goes on without losing or doubling a line', async () => {
    const { sns } = endpoint.aws;
    await sns.send(new DeleteTopicCommand({ TopicArn: arns.gone }));
    const types = ['payment.captured', 'entry.made', 'user.gone'];
    const count = 300;
    write(Array.from({ length: count }, (_, at) => ({ event_type: types[at % 3], n: at })));
    const { code, stdout, stderr } = await run('--json');
    expect(code, stderr).toBe(1);
    const account = JSON.parse(stdout) as Account;
    if (account.accepted === undefined) {
      // Nothing was accepted before the topic was missed.
      expect(account).toMatchObject({ error: { code: 'TopicNotFound' } });
      return;
    }
    const accepted = Ranges.parse(account.accepted, 'accepted');
    const left = Ranges.parse(account.notAccepted ?? '', 'notAccepted').and(Ranges.of([1, count]));
    expect(accepted.and(left).isEmpty).toBe(true);
    accepted.addAll(left);
    expect(accepted.toString()).toBe(`1-${count}`);

    await sns.send(new CreateTopicCommand({ Name: `${prefix}-gone` }));
    const only = /--only (\S+)/.exec(account.goOn?.at(-1) ?? '')?.[1] ?? '';
    const rest = JSON.parse((await run('--only', only, '--json')).stdout) as Account;
    expect(rest).toMatchObject({ published: count - account.published, failed: 0 });
  });

  it('tells each event that it read once, wherever it is stopped', async () => {
    const { aws } = endpoint;
    const { payments = '', 'ledger.fifo': ledger = '' } = arns;
    const stop = new AbortController();
    async function* source(): AsyncGenerator<RoutedItem> {
      for (let position = 1; position <= 2_000; position += 1) {
        const text = JSON.stringify({ event_id: `${prefix}-${position}` });
        const event = rawEvent('x', undefined, text, { count: 1, seed: 1 });
        yield { event, position, topicArn: position % 4 === 0 ? ledger : payments };
      }
    }
    const told: number[] = [];
    const report = await publishToTopics(
      source(),
      (topicArn) => createPublisher({ aws, topicArn }),
      {
        signal: stop.signal,
        onPublished: ({ position = 0 }) => {
          if (told.push(position) === 300) stop.abort();
        },
        onFailed: ({ item: { position = 0 }, kind }) => {
          expect(kind).toBe('unsent');
          told.push(position);
        },
      },
    );
    expect(report.published + report.failed).toBe(told.length);
    expect(report.published).toBeGreaterThanOrEqual(300);
    expect(told.length).toBeLessThan(2_000);
    // Nothing that was read is left out, and nothing is told twice.
    told.sort((a, b) => a - b);
    expect(told).toEqual(Array.from({ length: told.length }, (_, at) => at + 1));
  });

  it('asks for the topic where no event type names one', async () => {
    const yaml = `topology: mixed\nprefix: ${prefix}\ntopics: { payments: {}, gone: {} }\n`;
    writeFileSync(join(folder, 'pubsub.yaml'), yaml);
    write([{ event_type: 'x' }]);
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain('--topic payments, --topic gone');
  });
});
