import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { describeOnRabbitMq } from './on-rabbitmq.ts';

const [QUEUE, DLQ] = ['payments-email-queue', 'payments-email-dlq'];

interface Got {
  readonly payload: string;
  readonly properties: {
    readonly message_id?: string;
    readonly headers: Readonly<Record<string, unknown>>;
  };
}

describeOnRabbitMq('dead letters of RabbitMQ as files', (rabbit) => {
  const { pubsub, run, json } = rabbit;
  beforeEach(async () => {
    rabbit.topology('topology: payments\ntopics: { payments: {} }\nsubscribers: { email: {} }\n');
    await run('setup');
  });

  const path = (name: string): string => join(pubsub.env.HOME, name);
  const linesOf = (name: string): Record<string, unknown>[] =>
    readFileSync(path(name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const get = (queue: string): Promise<Got[]> =>
    rabbit.server.ask('POST', `queues/${rabbit.vhost}/${queue}/get`, {
      count: 1000,
      ackmode: 'ack_requeue_true',
      encoding: 'base64',
    });
  const send = (payload: Buffer, properties: object): Promise<unknown> =>
    rabbit.server.ask('POST', `exchanges/${rabbit.vhost}/amq.default/publish`, {
      routing_key: DLQ,
      payload: payload.toString('base64'),
      payload_encoding: 'base64',
      properties: { delivery_mode: 2, ...properties },
    });
  const withIds = async (count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, (_, n) => `id-${n}`);
    for (const id of ids) await send(Buffer.from(`{"n":"${id}"}`), { message_id: id });
    return ids;
  };
  /** What was sent, without what the broker counts. */
  const shown = (got: readonly Got[]) =>
    got.map(({ payload, properties: { headers, ...properties } }) => {
      const { 'x-delivery-count': _, ...own } = headers;
      return { payload, properties, headers: own };
    });
  const idsIn = async (queue: string): Promise<string[]> =>
    (await get(queue)).map(({ properties }) => String(properties.message_id));

  it('writes them as those of SQS, keeps them, and sends them again to the letter', async () => {
    const properties = {
      message_id: 'm-1',
      content_type: 'application/x-thing',
      correlation_id: 'c-1',
      timestamp: 1_700_000_000,
      priority: 3,
      type: 'thing',
      headers: {
        event_type: 'thing.made',
        tenant: 'north',
        count: 5,
        'x-own': 'kept',
        'pubsub-subject': 'Thing',
        nested: { a: [1, 'b'] },
        yes: true,
      },
    };
    const bytes = Buffer.from([0, 255, 128, 10]);
    await send(bytes, properties);
    await send(Buffer.from('{"n":1}'), { message_id: 'm-2' });
    await send(Buffer.alloc(0), { message_id: 'm-3' });
    const sent = await get(DLQ);
    expect(await json('dlq', 'export', 'email', '--to', path('dead.jsonl'))).toMatchObject({
      code: 0,
      doc: { exported: 3 },
    });
    expect(shown(await get(DLQ))).toEqual(shown(sent));
    expect(linesOf('dead.jsonl')).toMatchObject([
      {
        ...{ subscriber: 'email', dlq: DLQ, messageId: 'm-1', body: null },
        bodyBase64: bytes.toString('base64'),
        attributes: { tenant: { type: 'String', value: 'north' } },
        amqp: { contentType: 'application/x-thing' },
      },
      { body: '{"n":1}', attributes: {}, groupId: null, reason: null },
      { body: '' },
    ]);
    await run('dlq', 'purge', 'email', '--yes');
    const file = ['--file', path('dead.jsonl')];
    expect(await json('dlq', 'import', 'email', ...file, '--to-dlq')).toMatchObject({
      code: 0,
      doc: { queue: DLQ, sent: 3, failed: 0, lastLine: 3 },
    });
    expect(shown(await get(DLQ))).toEqual(shown(sent));
    expect((await run('dlq', 'import', 'email', ...file)).code).toBe(0);
    expect(shown(await get(QUEUE))).toEqual(shown(sent));
  });

  it('takes the lines of an export of SQS, and what was edited of its own', async () => {
    const line = { body: 'b', attributes: { a: { type: 'Number', value: '7' } } };
    const sqs = { ...line, messageId: 'x', groupId: 'g', traceHeader: 'Root=1', sourceArn: null };
    const own = { ...line, amqp: { messageId: 'mine', headers: { deep: { c: [1] } } } };
    writeFileSync(path('in.jsonl'), `${JSON.stringify(sqs)}\n${JSON.stringify(own)}\n`);
    expect((await run('dlq', 'import', 'email', '--file', path('in.jsonl'))).code).toBe(0);
    expect(await get(QUEUE)).toMatchObject([
      { payload: Buffer.from('b').toString('base64'), properties: { headers: { a: 7 } } },
      { properties: { message_id: 'mine', headers: { a: 7, deep: { c: [1] } } } },
    ]);
  });

  it('leaves out the lines that are no messages, says why, and sends the others', async () => {
    const bad: readonly (readonly [unknown, string])[] = [
      [{}, 'it has no text "body"'],
      [{ body: null, bodyBase64: '%' }, '"bodyBase64" is not base64'],
      [{ body: 'b', amqp: 1 }, '"amqp" is not an object'],
      [{ body: 'b', amqp: { headers: [] } }, '"amqp.headers" is not an object'],
      [{ body: 'b', amqp: { expiration: 'soon' } }, 'not a number of milliseconds'],
      [{ body: 'b', amqp: { priority: 256 } }, '"amqp.priority" is not a whole number'],
      [{ body: 'b', amqp: { timestamp: -1 } }, '"amqp.timestamp" is not a whole number'],
      [{ body: 'b', amqp: { messageId: 'x'.repeat(256) } }, 'text of at most 255 bytes'],
      [{ body: 'b', attributes: { CC: { type: 'String', value: 'q' } } }, "RabbitMQ's own"],
      [{ body: 'b', attributes: { n: { type: 'String', value: 'x'.repeat(200_000) } } }, 'exceeds'],
    ];
    const good = { body: 'b', amqp: { priority: 255, messageId: 'x'.repeat(255), timestamp: 0 } };
    const lines = [...bad.map(([line]) => line), good];
    writeFileSync(path('in.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const { code, doc } = await json('dlq', 'import', 'email', '--file', path('in.jsonl'));
    const { failures, ...counts } = doc as { failures: { line: number; message: string }[] };
    expect({ code, ...counts }).toMatchObject({ code: 1, sent: 1, failed: bad.length });
    for (const [index, [, message]] of bad.entries()) {
      expect(failures.find(({ line }) => line === index + 1)?.message).toContain(message);
    }
    expect(await get(QUEUE)).toHaveLength(1);
  });

  it('says so where a queue is missing, and writes no file', async () => {
    await run('cleanup', '--yes');
    writeFileSync(path('in.jsonl'), '{"body":"b"}\n');
    for (const words of [
      ['export', 'email', '--to', path('none.jsonl')],
      ['import', 'email', '--file', path('in.jsonl')],
    ]) {
      expect(await json('dlq', ...words)).toMatchObject({
        code: 1,
        doc: { error: { code: 'QueueNotFound', hint: expect.stringContaining('pubsub setup') } },
      });
    }
    expect(() => readFileSync(path('none.jsonl'))).toThrow('ENOENT');
  });

  it('loses nothing though export and import are killed', async () => {
    const ids = await withIds(300);
    const to = path('dead.jsonl');
    const exportAll = ['dlq', 'export', 'email', '--to', to, '--yes'];
    for (const goal of [1, 100]) {
      writeFileSync(to, '');
      const exporting = pubsub.spawn(exportAll, { env: { ...rabbit.env } });
      const written = () => readFileSync(to, 'utf8').split('\n').length;
      await expect.poll(written, { interval: 1 }).toBeGreaterThan(goal);
      exporting.child.kill('SIGKILL');
      await exporting.finished;
      await expect.poll(async () => new Set(await idsIn(DLQ)).size).toBe(300);
    }
    expect((await run(...exportAll)).code).toBe(0);
    expect(linesOf('dead.jsonl').map(({ messageId }) => messageId)).toEqual(
      expect.arrayContaining(ids),
    );
    await run('dlq', 'purge', 'email', '--yes');
    // A pipe that is never at its end.
    execFileSync('mkfifo', [path('pipe')]);
    const pipe = openSync(path('pipe'), 'r+');
    const importing = pubsub.spawn(['dlq', 'import', 'email', '--file', path('pipe')], {
      env: { ...rabbit.env },
    });
    writeSync(pipe, readFileSync(to).subarray(0, 20_000));
    await expect.poll(async () => (await idsIn(QUEUE)).length).toBeGreaterThan(20);
    importing.child.kill('SIGKILL');
    await importing.finished;
    closeSync(pipe);
    expect(await json('dlq', 'import', 'email', '--file', to)).toMatchObject({
      code: 0,
      doc: { sent: 300, lastLine: 300 },
    });
    expect(new Set(await idsIn(QUEUE))).toEqual(new Set(ids));
  });
});
