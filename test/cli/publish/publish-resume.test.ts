import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { useShellCommand } from '../../fixtures/shell-command.ts';
import { attributesOf, fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();
const command = useShellCommand();
const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers) close();
});

interface Account {
  readonly published: number;
  readonly failed: number;
  readonly accepted: string;
  readonly mayBeAccepted: string;
  readonly notAccepted: string;
  readonly goOn: readonly string[];
  readonly nextLine?: number;
}

/** A project with a topology that is set up, and a shell that knows `pubsub`. */
async function project(fifo = false) {
  const prefix = uniquePrefix();
  const home = pubsub.env.HOME ?? '';
  const cwd = join(home, prefix);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'pubsub.yaml'), `prefix: ${prefix}\nfifo: ${fifo}\n`);
  const place = await newPlace(endpoint, prefix, { fifo });
  await fanOutAt(place);
  const env = (url: string) => ({ AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1' });
  return {
    cwd,
    start: (args: readonly string[], url = endpoint.url) =>
      pubsub.start(['publish', ...args], { cwd, env: env(url) }),
    /** Pastes command lines into a shell. */
    paste: (lines: readonly string[]) =>
      new Promise<number | null>((resolve) => {
        const path = `${command.folder}${delimiter}${pubsub.env.PATH}`;
        const shell = spawn('sh', ['-e', '-c', lines.join('\n')], {
          cwd,
          env: { ...pubsub.env, ...env(endpoint.url), PATH: path },
          stdio: 'ignore',
        });
        shell.once('close', resolve);
      }),
    /** How many events wait for a subscriber. */
    waiting: async (): Promise<number> => {
      const found = await attributesOf(place, subscriber(place, 'analytics').queue);
      return Number(found.ApproximateNumberOfMessages);
    },
    /** Order ids that a subscriber got, in the order in which they came. */
    arrived: async (): Promise<number[]> => {
      const QueueUrl = await urlOf(place, subscriber(place, 'analytics').queue);
      const orders: number[] = [];
      for (;;) {
        const { Messages = [] } = await place.aws.sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
        );
        if (Messages.length === 0) return orders;
        for (const { Body = '' } of Messages) {
          orders.push(JSON.parse(JSON.parse(Body).Message).order_id);
        }
        // The next ones of a FIFO group come when these are gone.
        const Entries = Messages.map(({ ReceiptHandle = '' }, index) => ({
          Id: String(index),
          ReceiptHandle,
        }));
        await place.aws.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const line = (orderId: number) =>
  `{"event_type":"order.created","order_id":${orderId},"user_id":1,"total":1.00}\n`;

/** Numbers that ranges such as `3,7-9,12-` name, up to a bound. */
function named(ranges: string, bound: number): number[] {
  if (ranges === '') return [];
  return ranges.split(',').flatMap((part) => {
    const [from = '', to] = part.split('-');
    const last = to === undefined ? Number(from) : to === '' ? bound : Number(to);
    return upTo(last).slice(Number(from) - 1);
  });
}

/**
 * Stands before the endpoint. From the n-th publish on nobody hears anything: the n-th and those after it are
 * passed on, or not, and never answered.
 */
async function openLine(good: number, passOn: (number: number) => boolean): Promise<string> {
  let publishes = 0;
  const server = createServer(async (incoming, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const number = body.includes('Action=PublishBatch') ? ++publishes : 0;
    const isCut = number > good;
    if (isCut && !passOn(number)) return answer.destroy();
    const outgoing = request(
      new URL(incoming.url ?? '/', endpoint.url),
      { method: incoming.method, headers: incoming.headers },
      (response) => {
        if (isCut) {
          answer.destroy();
          return;
        }
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      },
    );
    outgoing.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a publish that is interrupted', () => {
  it('tells what of --count was accepted; its command publishes the rest, and nothing twice', async () => {
    const { start, paste, waiting, arrived } = await project();
    const running = start(['order.created', '--count', '400', '--rate', '40', '--json']);
    // No event is shown in JSON mode.
    await expect.poll(waiting).toBeGreaterThan(0);
    running.kill('SIGINT');
    const { stdout, code } = await running.finished;
    const account: Account = JSON.parse(stdout);
    expect(code).toBe(130);
    expect(account.published).toBeLessThan(400);
    expect(account.published).toBeGreaterThan(0);
    expect(named(account.accepted, 400)).toHaveLength(account.published);
    expect(account.mayBeAccepted).toBe('');
    expect(named(account.notAccepted, 400)).toHaveLength(400 - account.published);
    expect(await paste(account.goOn.map((each) => each.replace('--rate 40', '')))).toBe(0);
    expect(sorted(await arrived())).toEqual(upTo(400));
  });

  it('tells the same of the lines of a file, on a FIFO topic with order in each group', async () => {
    const { cwd, start, paste, arrived } = await project(true);
    writeFileSync(join(cwd, 'orders.jsonl'), upTo(120).map(line).join(''));
    const running = start(['--file', 'orders.jsonl', '--group', "it's"]);
    await running.waitFor('order_id=3  ');
    running.kill('SIGINT');
    const { stderr, code } = await running.finished;
    expect(code).toBe(130);
    const accepted = /^! Accepted: lines ([\d,-]+)\.$/m.exec(stderr)?.[1] ?? '';
    const goOn = /^! Go on with: (.*)$/m.exec(stderr)?.[1] ?? '';
    const first = named(accepted, 120);
    expect(first).toEqual(upTo(first.length));
    expect(first.length).toBeGreaterThanOrEqual(3);
    const words = `pubsub publish --file orders.jsonl --group 'it'\\''s' --only ${first.length + 1}-`;
    // All lines were read by then, or not.
    expect([words, `${words}120`]).toContain(goOn);
    expect(await paste([goOn])).toBe(0);
    expect(await arrived()).toEqual(upTo(120));
  });
});

describe('a publish that nobody answers any more', () => {
  it('tells what may have been accepted, and publishes again only that and the rest', async () => {
    const { cwd, start, paste, arrived } = await project();
    writeFileSync(join(cwd, 'orders.jsonl'), upTo(300).map(line).join(''));
    const url = await openLine(3, (number) => number === 5);
    const running = start(['--file', 'orders.jsonl', '--retry-for', '0', '--json'], url);
    const { stdout, code } = await running.finished;
    const account: Account = JSON.parse(stdout);
    expect(code).toBe(1);
    const accepted = named(account.accepted, 300);
    const unsure = named(account.mayBeAccepted, 300);
    const not = named(account.notAccepted, 300);
    expect(account.published).toBe(30);
    expect(accepted).toHaveLength(30);
    expect(unsure.length).toBeGreaterThanOrEqual(10);
    // Every line is in one of them, and in no other.
    expect(sorted([...accepted, ...unsure, ...not])).toEqual(upTo(300));
    expect(await paste(account.goOn)).toBe(0);
    const orders = await arrived();
    expect(new Set(orders)).toEqual(new Set(upTo(300)));
    // The batch that arrived without an answer came twice, and was among those that were named.
    const twice = orders.filter((order, index) => orders.indexOf(order) !== index);
    expect(twice).toHaveLength(10);
    expect(unsure).toEqual(expect.arrayContaining(twice));
  });

  it('with --failed-to goes on with what failed under the same ids, and then with the rest', async () => {
    const { cwd, start, paste, arrived } = await project();
    writeFileSync(join(cwd, 'orders.jsonl'), upTo(200).map(line).join(''));
    const url = await openLine(2, () => false);
    const args = ['--file', 'orders.jsonl', '--failed-to', 'failed.jsonl', '--retry-for', '0'];
    const { stderr, code } = await start(args, url).finished;
    expect(code).toBe(1);
    expect(stderr).toContain('nothing answers at');
    const goOn = [...stderr.matchAll(/^! (?:Go on with|and then): (.*)$/gm)].map(
      ([, text]) => text,
    );
    expect(goOn[0]).toBe('pubsub publish --retry-for 0 --file failed.jsonl');
    const kept = readFileSync(join(cwd, 'failed.jsonl'), 'utf8').trim().split('\n');
    expect(kept.every((text) => /"event_id":"[0-9a-f-]{36}"/.test(text))).toBe(true);
    const whole = goOn.map((text) => text?.replace('--retry-for 0', '') ?? '');
    expect(await paste(whole)).toBe(0);
    expect(sorted(await arrived())).toEqual(upTo(200));
  });

  it('goes on where it was when the engine was killed', async () => {
    const cwd = join(pubsub.env.HOME ?? '', uniquePrefix());
    mkdirSync(cwd);
    writeFileSync(join(cwd, 'pubsub.yaml'), 'fifo: true\n');
    const finish = async (...args: string[]) => {
      const { stdout, stderr, code } = await pubsub.run([...args, '--json'], { cwd });
      expect(code, stderr).toBe(0);
      return stdout;
    };
    await finish('local', 'start', '--port', '0');
    await finish('setup');
    const { pid } = JSON.parse(await finish('local', 'status'));
    const words = ['order.created', '--count', '300', '--rate', '50', '--retry-for', '0'];
    const running = pubsub.start(['publish', ...words], { cwd });
    // Of many at once the first few are shown.
    await running.waitFor(/order_id=\d/);
    process.kill(pid, 'SIGKILL');
    const { stderr, code } = await running.finished;
    expect(code).toBe(1);
    const ranges = (start: string): number[] =>
      named(new RegExp(`^! ${start}: events ([\\d,-]+)\\.`, 'm').exec(stderr)?.[1] ?? '', 300);
    const unsure = ranges('No answer came, may be accepted');
    const accepted = ranges('Accepted');
    expect(sorted([...accepted, ...unsure, ...ranges('Not accepted')])).toEqual(upTo(300));
    const goOn = /^! Go on with: pubsub (.*)$/m.exec(stderr)?.[1] ?? '';
    const again = goOn.replace('--rate 50', '').split(' ').filter(Boolean);
    expect(JSON.parse(await finish(...again)).published).toBe(300 - accepted.length);
    const heard = await finish('listen', 'analytics', '--max', '300', '--idle-timeout', '20');
    const orders = heard
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text).event.order_id);
    // Nothing is lost; what had no answer may have come twice, and would stand behind what has come once.
    const missing = upTo(300).filter((order) => !orders.includes(order));
    expect(missing.length).toBeLessThanOrEqual(unsure.length);
  });
});
