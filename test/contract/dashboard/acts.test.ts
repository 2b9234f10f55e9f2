import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FixView } from '../../../src/lib/dashboard/api/doctor.ts';
import type { ActionResult, QueueMessages } from '../../../src/lib/dashboard/api/queues.ts';
import type { Place } from '../../../src/lib/topology/inspect.ts';
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts';
import { isIndependent, uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy, type TestProxy } from '../../fixtures/proxy.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { useShellCommand } from '../../fixtures/shell-command.ts';
import { fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

const run = promisify(execFile);

describe.skipIf(isIndependent)('what the page plans', () => {
  const endpoint = useEndpoint();
  const pubsub = usePubsub();
  const shell = useShellCommand();
  const prefix = uniquePrefix();
  let place: Place;
  let page: TestDashboard;
  let plain = '';
  beforeAll(async () => {
    place = await newPlace(endpoint, prefix);
    await fanOutAt(place);
    plain = `${prefix}-plain`;
    await place.aws.sqs.send(new CreateQueueCommand({ QueueName: plain }));
    const flags = ` --endpoint-url ${endpoint.url} --prefix ${prefix} --topology orders`;
    page = await startDashboard(place, endpoint, { flags });
  });
  afterAll(() => page.stop());
  beforeEach(async () => {
    const { queue, dlq } = subscriber(place);
    for (const name of [queue, dlq, plain]) {
      await page.ask(`queues/${name}/purge`, { dryRun: false, confirm: name });
    }
  });

  const send = async (name: string, body: string, delay = 0): Promise<string> => {
    const { MessageId = '' } = await place.aws.sqs.send(
      new SendMessageCommand({
        QueueUrl: await urlOf(place, name),
        MessageBody: body,
        DelaySeconds: delay,
        MessageAttributes: { n: { DataType: 'Number.int', StringValue: '7' } },
      }),
    );
    return MessageId;
  };
  const hold = async (name: string): Promise<void> => {
    await place.aws.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: await urlOf(place, name), VisibilityTimeout: 600 }),
    );
  };
  const look = (name: string): Promise<QueueMessages> => page.ask(`queues/${name}/messages`);
  const texts = async (name: string): Promise<string[]> =>
    (await look(name)).messages.map(({ text }) => text.text).sort();
  const inShell = async (command: string): Promise<void> => {
    const env = { ...pubsub.env, PATH: `${shell.folder}:${pubsub.env.PATH}` };
    const running = run('bash', ['-c', command], { env, cwd: pubsub.env.HOME });
    running.child.stdin?.end();
    await running;
  };

  it('counts what it will reach, and says what stays', async () => {
    const { queue, dlq } = subscriber(place);
    for (const name of [queue, dlq]) {
      await send(name, '{"n":1}');
      await hold(name);
      for (const body of ['{"n":2}', '{"n":3}']) await send(name, body);
      await send(name, '{"n":4}', 900);
    }
    const ids = (await look(queue)).messages.map(({ messageId }) => messageId);
    const some = await page.ask<ActionResult>(`queues/${queue}/delete`, { ids, dryRun: true });
    expect(some).toMatchObject({ count: 2, held: 2 });
    expect(some.words).toContain(`Deletes 2 messages of ${queue} for good. 2 more are in flight`);
    expect(some.words).toContain('raises the receive count of each, which counts towards the 3');
    const all = await page.ask<ActionResult>(`queues/${dlq}/redrive`, { dryRun: true });
    expect(all).toMatchObject({ count: 2, held: 2 });
    expect(all.words).not.toContain('receive count');
    const back = await page.ask<ActionResult>(`queues/${dlq}/redrive`, { dryRun: false });
    expect(back).toMatchObject({ count: 2, done: 2 });
    const purge = await page.ask<ActionResult>(`queues/${dlq}/purge`, { dryRun: true });
    expect(purge).toMatchObject({ count: 2, held: 0 });
    expect(purge.words).toContain('in flight and delayed go too');
    await page.ask(`queues/${dlq}/purge`, { dryRun: false, confirm: dlq });
    expect(await look(dlq)).toMatchObject({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it('names the place where it is done', async () => {
    const where = {
      target: 'endpoint',
      account: place.identity.account,
      region: 'us-east-1',
      endpoint: endpoint.url,
    };
    const { dlq } = subscriber(place);
    const plan = { dryRun: true };
    expect(await page.ask(`queues/${dlq}/purge`, plan)).toMatchObject(where);
    expect(await page.ask<FixView>('doctor/fix', plan)).toMatchObject(where);
  });

  it.each(['a queue', 'a queue without dead letters'])(
    'deletes chosen messages of %s as its command line does',
    async (which) => {
      const name = which === 'a queue' ? subscriber(place).queue : plain;
      const [first] = [await send(name, 'first'), await send(name, 'second')];
      const request = { ids: [first], dryRun: true };
      const { command } = await page.ask<ActionResult>(`queues/${name}/delete`, request);
      await inShell(command);
      expect(await texts(name)).toEqual(['second']);
    },
  );

  it.each(['its queue', 'a queue without dead letters', 'a dead-letter queue'])(
    'sends an edited dead letter to %s as its command line does',
    async (which) => {
      const { queue, dlq } = subscriber(place);
      const other = subscriber(place, 'inventory').dlq;
      const to = which === 'its queue' ? queue : which === 'a dead-letter queue' ? other : plain;
      const request = {
        to,
        remove: true,
        text: `it's "edited" \\n $HOME ‮`,
        attributes: [{ name: 'n', type: 'Number.int', value: '8' }],
      };
      const found: QueueMessages['messages'][] = [];
      for (const isByCommand of [true, false]) {
        await page.ask(`queues/${to}/purge`, { dryRun: false, confirm: to });
        const own = { ...request, messageId: await send(dlq, 'wrong') };
        const path = `queues/${dlq}/resend`;
        const plan = await page.ask<ActionResult>(path, { ...own, dryRun: isByCommand });
        if (isByCommand) await inShell(plan.command);
        expect(await texts(dlq)).toEqual([]);
        found.push((await look(to)).messages);
      }
      const [byCommand, byPage] = found.map((messages) =>
        messages.map(({ text, attributes, envelope }) => ({
          text: text.text,
          attributes,
          envelope,
        })),
      );
      expect(byCommand).toEqual([
        { text: request.text, attributes: request.attributes, envelope: null },
      ]);
      expect(byCommand).toEqual(byPage);
    },
  );

  describe('where looking is receiving', () => {
    let proxy: TestProxy;
    let there: TestDashboard;
    beforeAll(async () => {
      proxy = await startProxy(endpoint.url);
      // Nothing but the AWS API is there.
      proxy.rule = ({ action }) => (action === '' ? { status: 404, error: 'None' } : undefined);
      there = await startDashboard({ ...place, aws: proxy.aws }, endpoint);
    });
    afterAll(async () => {
      await there.stop();
      await proxy.close();
    });
    const received = async (name: string): Promise<number[]> =>
      (await look(name)).messages.map(({ receiveCount }) => receiveCount);

    it('receives nothing to plan, and says what it does to the receive counts', async () => {
      const { queue, dlq } = subscriber(place);
      const ids = [await send(dlq, '{"n":1}'), await send(dlq, '{"n":2}')];
      const seen = await there.ask<QueueMessages>(`queues/${dlq}/messages`);
      expect(seen.remark).toContain('this look raised its receive count by 1');
      expect(await received(dlq)).toEqual([1, 1]);
      const plan = { ids: ids.slice(0, 1), dryRun: true };
      for (const act of ['delete', 'redrive']) {
        const planned = await there.ask<ActionResult>(`queues/${dlq}/${act}`, plan);
        expect(planned.words).toMatch(/up to 1 .*raises the receive count of each/);
      }
      const edit = { messageId: ids[0], remove: true, text: '{"n":3}', attributes: [] };
      const path = `queues/${dlq}/resend`;
      const resend = await there.ask<ActionResult>(path, { ...edit, dryRun: true });
      expect(resend.words).toContain('raises the receive count of each');
      expect(await received(dlq)).toEqual([1, 1]);
      await there.ask(path, { ...edit, dryRun: false });
      expect(await texts(queue)).toEqual(['{"n":3}']);
      expect(await texts(dlq)).toEqual(['{"n":2}']);
    });
  });
});
