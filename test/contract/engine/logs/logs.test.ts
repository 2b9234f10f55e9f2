import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  type InputLogEvent,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, describe, expect, it } from 'vitest';
import { type EngineOptions, startEngine, type TestEngine } from '../../../../src/engine.ts';
import { clockOf } from '../../../../src/lib/engine/control/clock-control.ts';
import {
  type StartOptions,
  startEngine as startServer,
} from '../../../../src/lib/engine/http/server.ts';
import { writeLog } from '../../../../src/lib/engine/services/logs/write.ts';

const logGroupName = '/aws/lambda/OrderProcessor';
const logStreamName = '2026/11/28/[$LATEST]0123456789abcdef0123456789abcdef';
const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const each of cleanUps.splice(0).reverse()) await each();
});

function client({ endpoint }: TestEngine): CloudWatchLogsClient {
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'test' };
  const logs = new CloudWatchLogsClient({ endpoint, region: 'eu-west-1', credentials });
  cleanUps.push(() => logs.destroy());
  return logs;
}

async function logged(options: EngineOptions = {}): Promise<CloudWatchLogsClient> {
  const running = await startEngine(options);
  cleanUps.push(() => running.stop());
  const logs = client(running);
  await logs.send(new CreateLogGroupCommand({ logGroupName }));
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
  return logs;
}

function put(...logEvents: InputLogEvent[]): PutLogEventsCommand {
  return new PutLogEventsCommand({ logGroupName, logStreamName, logEvents });
}

describe('logs', () => {
  it('are read from either end, page by page', async () => {
    const logs = await logged();
    const now = Date.now();
    await logs.send(put(...['a', 'b', 'c'].map((message, i) => ({ message, timestamp: now + i }))));
    const read = async (options: object): Promise<(string | undefined)[]> => {
      const command = new GetLogEventsCommand({ logGroupName, logStreamName, ...options });
      const { events = [], nextForwardToken } = await logs.send(command);
      return [...events.map(({ message }) => message), nextForwardToken];
    };
    expect(await read({ limit: 2 })).toEqual(['b', 'c', 'f/3']);
    expect(await read({ limit: 2, startFromHead: true })).toEqual(['a', 'b', 'f/2']);
    expect(await read({ nextToken: 'f/2' })).toEqual(['c', 'f/3']);
    // The end of a stream is told by a token that stays the same.
    expect(await read({ nextToken: 'f/3' })).toEqual(['f/3']);
    expect(await read({ startTime: now + 1, endTime: now + 2 })).toEqual(['b', 'f/1']);
  });

  it('are searched by words, phrases, any of some, and none of some', async () => {
    const logs = await logged();
    const timestamp = Date.now();
    const messages = ['START order O1', 'stored order O1', 'failed: no such order'];
    await logs.send(put(...messages.map((message) => ({ message, timestamp }))));
    const search = async (filterPattern: string): Promise<(string | undefined)[]> => {
      const command = new FilterLogEventsCommand({ logGroupName, filterPattern });
      return ((await logs.send(command)).events ?? []).map(({ message }) => message);
    };
    expect(await search('order O1')).toEqual(messages.slice(0, 2));
    expect(await search('"such order"')).toEqual(messages.slice(2));
    expect(await search('?START ?failed')).toEqual([messages[0], messages[2]]);
    expect(await search('order -failed')).toEqual(messages.slice(0, 2));
    expect(await search('start')).toEqual([]);
    await expect(search('{ $.level = "error" }')).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it.each([
    ['out of order', [2, 1], 'chronological order'],
    ['empty', [1], 'at least 1 character'],
  ])('refuse a batch that is %s', async (_why, ages, reason) => {
    const logs = await logged();
    const message = ages.length > 1 ? 'x' : '';
    const events = ages.map((age) => ({ message, timestamp: Date.now() + age }));
    await expect(logs.send(put(...events))).rejects.toThrow(reason);
  });

  it('tell which events are too old or too new, and keep the others', async () => {
    const logs = await logged();
    const now = Date.now();
    const day = 86_400_000;
    const times = [now - 14 * day - 60_000, now - 14 * day + 60_000, now + 3 * 3_600_000];
    const { rejectedLogEventsInfo } = await logs.send(
      put(...times.map((timestamp, i) => ({ message: String(i), timestamp }))),
    );
    expect(rejectedLogEventsInfo).toEqual({
      tooOldLogEventEndIndex: 1,
      tooNewLogEventStartIndex: 2,
    });
    const { events } = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName }));
    expect(events?.map(({ message }) => message)).toEqual(['1']);
  });

  it('have groups and streams that are listed, kept for some days, and deleted', async () => {
    const logs = await logged();
    await logs.send(put({ message: 'x', timestamp: 1_000 + Date.now() }));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    const groups = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws' }));
    expect(groups.logGroups).toEqual([
      expect.objectContaining({
        logGroupName,
        retentionInDays: 7,
        arn: `arn:aws:logs:eu-west-1:111122223333:log-group:${logGroupName}:*`,
      }),
    ]);
    const streams = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    expect(streams.logStreams).toEqual([
      expect.objectContaining({ logStreamName, lastEventTimestamp: expect.any(Number) }),
    ]);
    await logs.send(new DeleteLogGroupCommand({ logGroupName }));
    await expect(logs.send(new DescribeLogStreamsCommand({ logGroupName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    });
  });

  it('refuse what exists, what does not, and what is on AWS only', async () => {
    const logs = await logged();
    await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
    });
    await expect(
      logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })),
    ).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
    await expect(
      logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 2 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(
      logs.send(
        new StartQueryCommand({ logGroupName, startTime: 0, endTime: 1, queryString: 'x' }),
      ),
    ).rejects.toMatchObject({ name: 'UnsupportedOperation' });
  });

  it('have streams in the order of their names, or of their newest line without a prefix', async () => {
    const logs = await logged();
    const later = { logGroupName, logStreamName: 'a-later' };
    await logs.send(new CreateLogStreamCommand(later));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'b-empty' }));
    const now = Date.now();
    await logs.send(put({ message: 'first', timestamp: now - 1_000 }));
    const logEvents = [{ message: 'second', timestamp: now }];
    await logs.send(new PutLogEventsCommand({ ...later, logEvents }));
    const listed = async (options: object): Promise<(string | undefined)[]> => {
      const command = new DescribeLogStreamsCommand({ logGroupName, ...options });
      return ((await logs.send(command)).logStreams ?? []).map((each) => each.logStreamName);
    };
    expect(await listed({})).toEqual([logStreamName, 'a-later', 'b-empty']);
    expect(await listed({ logStreamNamePrefix: 'b' })).toEqual(['b-empty']);
    const orderBy = 'LastEventTime';
    expect(await listed({ orderBy })).toEqual(['b-empty', logStreamName, 'a-later']);
    expect(await listed({ orderBy, descending: true, limit: 1 })).toEqual(['a-later']);
    await expect(listed({ orderBy, logStreamNamePrefix: 'b' })).rejects.toThrow(
      'Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
  });

  it('are searched in streams that are named, or of a prefix, not both', async () => {
    const logs = await logged();
    const search = (options: object) =>
      logs.send(new FilterLogEventsCommand({ logGroupName, ...options }));
    await logs.send(put({ message: 'x', timestamp: Date.now() }));
    expect((await search({ logStreamNames: [logStreamName] })).events).toHaveLength(1);
    expect((await search({ logStreamNamePrefix: '2026' })).events).toHaveLength(1);
    expect((await search({ logStreamNamePrefix: '2027' })).events).toEqual([]);
    await expect(
      search({ logStreamNames: [logStreamName], logStreamNamePrefix: '2026' }),
    ).rejects.toThrow('mutually exclusive');
  });

  it('survive the engine', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-logs-'));
    cleanUps.push(() => rmSync(stateDir, { recursive: true, force: true }));
    const logs = await logged({ stateDir });
    await logs.send(put({ message: 'kept', timestamp: Date.now() }));
    await cleanUps.splice(1, 1)[0]?.();
    const again = await startEngine({ stateDir });
    cleanUps.push(() => again.stop());
    const { events } = await client(again).send(
      new GetLogEventsCommand({ logGroupName, logStreamName }),
    );
    expect(events?.map(({ message }) => message)).toEqual(['kept']);
  });
});

describe('logs of functions', () => {
  const owner = { account: '111122223333', region: 'eu-west-1' };
  const streamName = (n: number) => `2026/11/28/[$LATEST]${String(n).padStart(32, '0')}`;
  type Lines = Parameters<typeof writeLog>[4];

  /** An engine whose functions write without being run. */
  async function written(options: StartOptions = {}) {
    const running = await startServer(options);
    cleanUps.push(() => running.stop());
    const { engine } = running;
    const credentials = { accessKeyId: owner.account, secretAccessKey: 'test' };
    const { endpoint } = running;
    const logs = new CloudWatchLogsClient({ endpoint, region: owner.region, credentials });
    cleanUps.push(() => logs.destroy());
    return {
      engine,
      logs,
      write: (group: string, stream: number, lines: Lines = [[Date.now(), `${stream}`]]) =>
        writeLog(engine.logs, owner, group, streamName(stream), lines),
      streams: async () =>
        ((await logs.send(new DescribeLogStreamsCommand({ logGroupName }))).logStreams ?? []).map(
          (each) => each.logStreamName,
        ),
    };
  }

  it('lose the streams of processes whose lines are past the retention, and no other', async () => {
    const { engine, logs, write, streams } = await written();
    write(logGroupName, 1);
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'mine' }));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }));
    await clockOf(engine).advance(6 * 86_400_000);
    expect(await streams()).toEqual([streamName(1), 'mine']);
    await clockOf(engine).advance(2 * 86_400_000);
    // Nobody has to look: the next process is enough.
    write(logGroupName, 2, [[engine.clock.timestamp(), 'new']]);
    expect([...(engine.logs.groups.values().next().value?.streams.keys() ?? [])]).toEqual([
      'mine',
      streamName(2),
    ]);
    expect(await streams()).toEqual([streamName(2), 'mine']);
  });

  it('have a thousand streams of a group at most, the newest, also after the next start', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-logs-'));
    cleanUps.push(() => rmSync(stateDir, { recursive: true, force: true }));
    const { engine, write } = await written({ stateDir });
    for (let n = 1; n <= 1000; n += 1) write(logGroupName, n);
    const [group] = engine.logs.groups.values();
    expect(group?.streams.size).toBe(1000);
    write(logGroupName, 1001);
    expect(group?.streams.size).toBe(901);
    expect(group?.streams.has(streamName(100))).toBe(false);
    expect(group?.streams.has(streamName(101))).toBe(true);
    expect(engine.logs).toMatchObject({ size: 901 });
    await cleanUps.splice(1, 1)[0]?.();
    const again = await startServer({ stateDir });
    cleanUps.push(() => again.stop());
    expect(again.engine.logs.groups.values().next().value?.streams.size).toBe(901);
    expect(again.engine.logs).toMatchObject({ size: 901 });
  });

  it('have a bound for all functions together, and a number of them', async () => {
    const { engine, logs, write } = await written();
    const megabyte = 'x'.repeat(1024 * 1024);
    const lines: Lines = Array.from({ length: 50 }, () => [Date.now(), megabyte]);
    for (const group of ['a', 'b']) write(group, 1, lines);
    expect(engine.logs.characters).toBe(100 * megabyte.length);
    write('c', 1, lines);
    expect(engine.logs.characters).toBeLessThanOrEqual(128 * megabyte.length);
    expect(engine.logs.characters).toBeGreaterThan(120 * megabyte.length);
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'mine' }));
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'a', retentionInDays: 7 }));
    for (let n = 0; n < 1_500; n += 1) write(`f${n}`, 1);
    expect(engine.logs.groups.size).toBeLessThanOrEqual(1_002);
    const names = [...engine.logs.groups.values()].map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['mine', 'a', 'f1499', 'f1000']));
    expect(names).not.toContain('b');
  });
});
