import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAws } from '../../../src/lib/aws/clients.ts';
import { readEngineNotes } from '../../../src/lib/aws/engine-notes.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import { useSmallDisk } from '../../fixtures/small-disk.ts';
import { type SqsEngine, sqsEngine } from '../../fixtures/sqs-engine.ts';

const disk = useSmallDisk('8m');

/** Fills the disk but for about `left` bytes. */
function fill(folder: string, left: number): void {
  const available = execFileSync('df', ['-B1', '--output=avail', folder]).toString().split('\n')[1];
  const room = Number(available?.trim());
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(Math.max(0, room - left)));
}

describe.skipIf(disk === undefined)('on a disk that is full', () => {
  const folder = disk ?? '';
  const stateDir = join(folder, 'state');
  let engine: SqsEngine;
  let QueueUrl = '';
  const refusals: string[] = [];
  const start = () => sqsEngine({ stateDir, onRefusal: ({ message }) => refusals.push(message) });
  beforeAll(async () => {
    engine = await start();
    const made = await engine.sqs.send(new CreateQueueCommand({ QueueName: 'q' }));
    QueueUrl = made.QueueUrl ?? '';
  });
  afterAll(() => engine.stop());

  const send = (MessageBody: string) =>
    engine.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  const depth = async () => {
    const wanted = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await engine.sqs.send(wanted)).Attributes?.ApproximateNumberOfMessages;
  };
  const health = async () =>
    (await fetch(`${engine.running.endpoint}/_pubsub/health`)).json() as Promise<object>;

  it('refuses what finds no room and names the disk; reads and small writes go on', async () => {
    await send('before');
    fill(folder, 600 * 1024);
    const poll = engine.sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
    await poll;

    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(send('x'.repeat(1024 * 1024))).rejects.toMatchObject({
        name: 'ServiceUnavailable',
        message: `The local engine can't write to ${stateDir}: there is no space left on the disk.`,
      });
    }
    expect(refusals).toHaveLength(3);
    expect(await health()).toMatchObject({
      status: 'degraded',
      problems: [{ code: 'DiskRefusesWrites', message: refusals[0] }],
    });
    const { endpoint: endpointUrl } = engine.running;
    const aws = await createAws(
      await resolveSettings({ endpointUrl, region: 'us-east-1' }, {}, '/'),
    );
    expect(await readEngineNotes(aws)).toEqual({ problems: [refusals[0]], refusals: [] });
    aws.close();
    expect(await depth()).toBe('1');

    await send('small');
    expect(await health()).toMatchObject({ status: 'ok', problems: [] });
    expect(await depth()).toBe('2');
  });

  it('has every message that it acknowledged, and no other, after there is room again', async () => {
    rmSync(join(folder, 'ballast'));
    await send('y'.repeat(1024 * 1024));
    await engine.stop();
    engine = await start();
    QueueUrl = QueueUrl.replace(/^http:\/\/[^/]+/, engine.running.endpoint);

    const { Messages = [] } = await engine.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => Body?.slice(0, 6))).toEqual(['before', 'small', 'yyyyyy']);
  });

  it('ends without a word when there is no room, and has everything at the next start', async () => {
    const { QueueUrl: url = '' } = await engine.sqs.send(
      new CreateQueueCommand({ QueueName: 'last' }),
    );
    QueueUrl = url;
    for (let each = 0; each < 15; each += 1) await send('z'.repeat(100 * 1024));
    fill(folder, 0);

    await engine.stop();

    rmSync(join(folder, 'ballast'));
    engine = await start();
    QueueUrl = QueueUrl.replace(/^http:\/\/[^/]+/, engine.running.endpoint);
    expect(await depth()).toBe('15');
  });
});
