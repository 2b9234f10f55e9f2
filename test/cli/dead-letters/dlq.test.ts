import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepReason } from '../../../src/lib/consume/failure-reasons.ts';
import {
  deadLetter,
  depthOf,
  receiveEverything,
  sendAll,
} from '../../contract/dead-letters/dead-letters.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { openGateway } from '../../fixtures/gateway.ts';
import { runMain } from '../../fixtures/main.ts';
import { createOrderEvent, sampleOrder, serializeOrderEvent } from '../../fixtures/orders.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal, plain } from '../../fixtures/terminal.ts';
import { fanOutAt, newPlace, setAttributes, subscriber, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

let prefix = '';
let flags: string[] = [];
let queue = { url: '', arn: '' };
let dlq = { url: '', arn: '' };

beforeEach(async () => {
  prefix = uniquePrefix();
  flags = ['--endpoint-url', endpoint.url, '--prefix', prefix];
  const place = await newPlace(endpoint, prefix);
  await fanOutAt(place);
  const spec = subscriber(place);
  queue = { url: await urlOf(place, spec.queue), arn: '' };
  dlq = { url: await urlOf(place, spec.dlq), arn: '' };
});

const events = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    createOrderEvent(index % 2 === 0 ? 'order.created' : 'order.updated', sampleOrder(index)),
  );
const asSent = (list: ReturnType<typeof events>) =>
  list.map((event) => ({ body: serializeOrderEvent(event) }));

/** Runs in this process. */
async function dlqRun(args: readonly string[], stdin?: string) {
  const options = stdin === undefined ? {} : { stdin };
  return runMain(['dlq', ...args, ...flags], pubsub.env, options);
}

async function dlqJson(args: readonly string[]) {
  const { stdout, stderr, code } = await dlqRun([...args, '--json']);
  if (stdout === '') throw new Error(stderr);
  return { code, doc: JSON.parse(stdout) };
}

describe('pubsub dlq', () => {
  it('ls counts each, and looks for the oldest only when asked', async () => {
    await sendAll(endpoint, dlq.url, asSent(events(3)));

    const { doc } = await dlqJson(['ls']);
    const aged = await dlqJson(['ls', '--ages']);
    const text = await dlqRun(['ls']);

    expect(doc.subscribers).toMatchObject([
      { name: 'email', dlq: `${prefix}-email-service-dlq`, depth: 3, oldestAgeSeconds: null },
      { name: 'inventory', depth: 0 },
      { name: 'analytics', depth: 0 },
    ]);
    expect(aged.doc.subscribers[0].oldestAgeSeconds).toBeGreaterThanOrEqual(0);
    expect(aged.doc.subscribers[1].oldestAgeSeconds).toBeNull();
    expect(text.stdout).toMatch(/^email +3 +0 +\S+-email-service-dlq$/m);
    expect(text.stderr).toContain(`Next: pubsub dlq show email ${flags.join(' ')}`);
  });

  it('redrive --to sends all to one queue, by name, ARN or URL, wherever they came from', async () => {
    const name = `${prefix}-inventory-service-queue`;
    const other = queue.url.replace(/[^/]+$/, name);
    const arn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
    const list = events(3);
    await sendAll(endpoint, dlq.url, asSent(list));
    const gone = await dlqRun(['redrive', 'email', '--to', 'nowhere']);
    expect(gone.stderr).toContain('There is no queue "nowhere" to send to.');
    expect(gone.code).toBe(1);
    const topic = `arn:aws:sns:us-east-1:000000000000:${prefix}-order-events`;
    const toTopic = await dlqRun(['redrive', 'email', '--to', topic]);
    expect(toTopic.stderr).toContain('is a topic; dead letters go to a queue.');
    expect(toTopic.stderr).toContain('pubsub replay all --since 1h');
    expect(toTopic.code).toBe(2);
    const dry = await dlqRun(['redrive', 'email', '--to', name, '--dry-run']);
    expect(dry.stdout).toContain(`3 dead letters of email would go to ${name}.`);

    for (const [to, count] of [
      [name, 1],
      [arn, 1],
      [other, 1],
    ] as const) {
      const { stdout, code } = await dlqRun(['redrive', 'email', '--to', to, '--max', '1']);
      expect(stdout).toContain(`email: ${count} dead letter sent to ${name}`);
      expect(code).toBe(0);
    }
    const { aws } = endpoint;
    for (const url of [dlq.url, queue.url]) {
      expect(await depthOf(aws, url)).toEqual({ visible: 0, hidden: 0 });
    }
    const received = await receiveEverything(aws, other);
    expect(received.map(({ Body }) => Body).sort()).toEqual(
      list.map((event) => serializeOrderEvent(event)).sort(),
    );
  });

  it('show tells what and why, and leaves everything where it was', async () => {
    const [first, second] = events(2);
    if (!first || !second) throw new Error('no events');
    await deadLetter(endpoint, { queue, dlq }, asSent([first]));
    await sendAll(endpoint, dlq.url, [
      {
        body: serializeOrderEvent(second),
        attributes: {
          ErrorCode: { DataType: 'String', StringValue: 'AccessDenied' },
          ErrorMessage: { DataType: 'String', StringValue: 'policy' },
        },
      },
    ]);
    const looked = await dlqJson(['show', 'email']);
    const { messageId } = looked.doc.messages.find(
      ({ eventId }: { eventId: string }) => eventId === first.event_id,
    );
    keepReason(join(pubsub.env.XDG_STATE_HOME ?? '', 'pubsub'), {
      queue: `${prefix}-email-service-queue`,
      messageId,
      eventId: first.event_id,
      reason: 'mail server refuses the address',
      receiveCount: 3,
      time: new Date().toISOString(),
    });

    const why = await dlqJson(['show', 'email', '--id', first.event_id]);
    const sns = await dlqJson(['show', 'email', '--text', 'accessdenied']);
    const { stdout } = await dlqRun(['show', 'email']);

    expect(why.doc.messages).toMatchObject([
      { event: { event_id: first.event_id }, reason: 'mail server refuses the address' },
    ]);
    expect(sns.doc.messages).toMatchObject([{ reason: 'AccessDenied: policy', reasonBy: 'sns' }]);
    expect(stdout).toContain('2 shown of about 2 dead letters');
    expect(stdout).toContain('mail server refuses the address');
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 2, hidden: 0 });
  });

  it.each([
    [['--event-type', 'order.updated'], 5],
    [['--where', 'total>100', '--where', 'order_id<=4'], 1],
    [['--filter', 'order_id=3'], 1],
    [['--text', 'ORDER.CREATED', '--max', '2'], 2],
    [['--older-than', '1h'], 0],
    [['--newer-than', '1h', '--max', '50'], 10],
  ])('show %j finds %i', async (args, count) => {
    await sendAll(endpoint, dlq.url, asSent(events(10)));
    const { doc } = await dlqJson(['show', 'email', ...args]);
    expect(doc.messages).toHaveLength(count);
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 10, hidden: 0 });
  });

  it('show says of an empty queue what may come to it yet', async () => {
    expect((await dlqRun(['show', 'email'])).stderr).not.toContain('comes here');
    await sendAll(endpoint, queue.url, asSent(events(1)));
    const { stdout, stderr } = await dlqRun(['show', 'email']);
    expect(stdout).toContain(`${prefix}-email-service-dlq: empty`);
    expect(stderr).toContain(
      `1 message is in ${prefix}-email-service-queue: what fails comes here after 3 receives, 30 s apart.`,
    );
  });

  it('asks before it looks into a queue whose messages would move on', async () => {
    const place = await newPlace(endpoint, prefix);
    const target = `arn:aws:sqs:us-east-1:${place.identity.account}:${prefix}-inventory-service-dlq`;
    await setAttributes(place, `${prefix}-email-service-dlq`, {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: target, maxReceiveCount: 5 }),
    });
    await sendAll(endpoint, dlq.url, asSent(events(1)));

    const refused = await dlqRun(['show', 'email']);
    const agreed = await dlqRun(['show', 'email', '--yes']);

    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('after 5 receives');
    expect(agreed.code).toBe(0);
  });

  it('redrive sends back all, or what is chosen, and only says so with --dry-run', async () => {
    const sent = events(6);
    await sendAll(endpoint, dlq.url, asSent(sent));

    const dry = await dlqJson(['redrive', 'email', '--where', 'order_id<3', '--dry-run']);
    expect(dry.doc).toMatchObject({ dryRun: true, matched: 2, redriven: 0 });
    const some = await dlqJson(['redrive', 'email', '--id', sent[4]?.event_id ?? '']);
    expect(some).toMatchObject({ code: 0, doc: { redriven: 1, failed: 0 } });
    const all = await dlqJson(['redrive', 'email']);
    expect(all.doc).toMatchObject({
      redriven: 5,
      subscribers: [{ name: 'email', method: isIndependent ? 'messages' : 'task' }],
    });

    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 0, hidden: 0 });
    expect(await receiveEverything(endpoint.aws, queue.url)).toHaveLength(6);
    const none = await dlqRun(['redrive', 'all']);
    expect(none).toMatchObject({ code: 0 });
    expect(none.stdout).toContain('email: nothing to send back');
  });

  it('purge refuses where nobody can be asked, and drops what is chosen or all', async () => {
    await sendAll(endpoint, dlq.url, asSent(events(6)));

    const refused = await dlqRun(['purge', 'email']);
    const dry = await dlqJson(['purge', 'email', '--event-type', 'order.created', '--dry-run']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Drop about 6 dead letters');
    expect(dry.doc).toMatchObject({ dryRun: true, matched: 3 });
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 6, hidden: 0 });

    const some = await dlqJson(['purge', 'email', '--event-type', 'order.created', '--yes']);
    expect(some.doc).toMatchObject({ purged: 3, failed: 0 });
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 3, hidden: 0 });
    const all = await dlqJson(['purge', 'email', '--yes']);
    expect(all.doc).toMatchObject({ purged: 3, subscribers: [{ name: 'email', purged: 3 }] });
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 0, hidden: 0 });
  });

  it('export and import bring messages back as they were', async () => {
    const attributes = {
      tier: { DataType: 'String.label', StringValue: 'gold' },
      total: { DataType: 'Number', StringValue: '29.90' },
      picture: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255]) },
    };
    await sendAll(endpoint, dlq.url, [{ body: 'ein\nText\u{1f4e7}', attributes }, { body: '{}' }]);
    const file = join(pubsub.env.HOME ?? '', `${prefix}.jsonl`);

    const toFile = await dlqJson(['export', 'email', '--to', file]);
    const toStdout = await dlqRun(['export', 'email']);
    expect(toFile.doc).toMatchObject({ exported: 2 });
    expect(toStdout.stdout.trim().split('\n')).toHaveLength(2);
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 2, hidden: 0 });
    expect(await dlqRun(['export', 'email', '--to', file])).toMatchObject({ code: 2 });

    const lines = readFileSync(file, 'utf8');
    // The other implementation at hand takes any character.
    const refused = isIndependent ? '' : '{"body":"\\u0001"}';
    const bad = isIndependent ? [1, 5, 6] : [1, 5, 6, 7];
    writeFileSync(
      file,
      `not JSON\n${lines}\n{"body":5}\n{"body":"x","attributes":{"a":1}}\n${refused}\n`,
    );
    const back = await dlqJson(['import', 'email', '--file', file]);
    expect(back).toMatchObject({ code: 1, doc: { sent: 2, failed: bad.length } });
    expect(back.doc.failures.map(({ line }: { line: number }) => line)).toEqual(bad);
    const received = await receiveEverything(endpoint.aws, queue.url);
    const [first] = received.filter(({ Body }) => Body?.startsWith('ein'));
    expect(first?.Body).toBe('ein\nText\u{1f4e7}');
    expect(first?.MessageAttributes?.tier).toMatchObject(attributes.tier);
    expect(first?.MessageAttributes?.total).toMatchObject(attributes.total);
    expect([...(first?.MessageAttributes?.picture?.BinaryValue ?? [])]).toEqual([0, 255]);

    const again = await dlqRun(['import', 'email', '--file', '-', '--to-dlq'], lines);
    expect(again).toMatchObject({ code: 0 });
    expect((await depthOf(endpoint.aws, dlq.url)).visible).toBe(4);
  });

  it.each([
    [['show', 'emial'], 'Did you mean "email"?'],
    [['show'], 'Which subscriber?'],
    [['show', 'email', '--where', 'total'], 'is not a comparison'],
    [['show', 'email', '--older-than', 'soon'], '--older-than must be a length of time'],
    [['redrive', 'email', '--rate', '0'], '--rate must be a number above 0'],
    [['redrive', 'email', '--max', 'x'], '--max must be a whole number'],
    [['import', 'all', '--file', '-'], 'Import goes to one subscriber'],
    [['purge', 'email', '--from-queue', '--yes'], 'With --from-queue it has to be said which'],
    [['import', 'email', '--file', 'nowhere.jsonl'], 'There is no file'],
    [['lst'], "Unknown command 'lst'. Did you mean ls?"],
  ])('%j ends with 2 and says why', async (args, words) => {
    const { code, stdout, stderr } = await dlqRun(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
  });

  it.each(['ls', 'show', 'redrive', 'purge', 'export', 'import'])(
    '%s --help begins with examples, within 80 columns',
    async (name) => {
      const { stdout, code } = await runMain(['dlq', name, '--help'], pubsub.env);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^\S.*\.\n\nExamples:\n {2}\$ pubsub dlq/);
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    },
  );
});

describe.skipIf(isIndependent)('pubsub dlq, interrupted', () => {
  it('redrive moves what it can at once, and waits for what is held', async () => {
    await sendAll(endpoint, dlq.url, asSent(events(5)));
    await endpoint.aws.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: dlq.url,
        MaxNumberOfMessages: 2,
        VisibilityTimeout: 2,
        WaitTimeSeconds: 0,
      }),
    );

    const { stderr, stdout } = await dlqRun(['redrive', 'email']);

    expect(stderr).toContain('2 held by somebody else');
    expect(stdout).toContain('email: 5 dead letters sent back');
  });

  it('show gives everything back on Ctrl-C', async () => {
    await sendAll(endpoint, dlq.url, asSent(events(30)));
    let interrupt = (): void => {};
    const gateway = await openGateway(endpoint.url, async (action) => {
      if (action === 'ChangeMessageVisibilityBatch') {
        interrupt();
        interrupt = () => {};
      }
      return undefined;
    });
    const args = ['dlq', 'show', 'all', '--where', 'order_id=0', '--prefix', prefix];
    const running = pubsub.start([...args, '--endpoint-url', gateway.url]);
    interrupt = () => running.kill('SIGINT');
    const { code, stderr } = await running.finished;
    await gateway.close();

    expect(code).toBe(130);
    expect(stderr).toContain('what was looked at is in the queue again');
    expect(await depthOf(endpoint.aws, dlq.url)).toEqual({ visible: 30, hidden: 0 });
  });
});

it('dlq says where the queues are before it asks for the subscriber', async () => {
  const terminal = openTerminal(['dlq', 'show', ...flags], pubsub.env);
  await terminal.waitFor('Which subscriber?');
  expect(plain(terminal.output()).split('Which subscriber?')[0]).toContain('Target: endpoint');
  terminal.type('\r');
  expect(await terminal.exited).toBe(0);
});
