import { PublishBatchCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Aws, createAws } from '../../../src/lib/aws/clients.ts';
import { readMessageLog } from '../../../src/lib/aws/message-log.ts';
import { resolveSettings } from '../../../src/lib/config/settings.ts';
import type { MessageLogPart } from '../../../src/lib/rules/message-log.ts';
import { REGION, type SnsEngine, startSns } from '../../fixtures/sns-engine.ts';

let engine: SnsEngine;
let aws: Aws;
beforeAll(async () => {
  engine = await startSns();
  const { endpoint: endpointUrl } = engine.running;
  aws = await createAws(await resolveSettings({ endpointUrl, region: REGION }, {}, '/'));
});
afterAll(async () => {
  aws.close();
  await engine.stop();
});

async function look(
  after?: Pick<MessageLogPart, 'log' | 'last'>,
  options?: { readonly newest: boolean },
): Promise<MessageLogPart> {
  const part = await readMessageLog(aws, after, options);
  if (part === undefined) throw new Error('no log');
  return part;
}

async function publish(topic: string, batches: number): Promise<void> {
  for (let batch = 0; batch < batches; batch += 1) {
    const entries = Array.from({ length: 10 }, (_each, at) => ({ Id: String(at), Message: 'm' }));
    const input = { TopicArn: topic, PublishBatchRequestEntries: entries };
    await engine.sns.send(new PublishBatchCommand(input));
  }
}

describe('the log of what happens to messages', () => {
  it('is read on from the event before, a thousand at a time', async () => {
    const empty = await look();
    expect(empty).toMatchObject({ last: 0, more: 0, skipped: 0, events: [] });
    const topic = await engine.topic('logged');
    await publish(topic, 1);
    const first = await look(empty);
    expect(first).toMatchObject({ log: empty.log, last: 10, more: 0, skipped: 0 });
    expect(first.events.map(({ kind }) => kind)).toEqual(Array(10).fill('published'));
    expect((await look(first)).events).toEqual([]);
    await publish(topic, 100);
    const thousand = await look(first);
    expect(thousand).toMatchObject({ last: 1_010, more: 0, skipped: 0 });
    await publish(topic, 1);
    const most = await look(first);
    expect(most).toMatchObject({ last: 1_010, more: 10, skipped: 0 });
    expect(most.events).toHaveLength(1_000);
    const newest = await look(first, { newest: true });
    expect(newest).toMatchObject({ last: 1_020, more: 0, skipped: 10 });
    expect(newest.events).toHaveLength(1_000);
    const exact = await look({ ...first, last: 20 }, { newest: true });
    expect(exact).toMatchObject({ last: 1_020, skipped: 0 });
  });

  it('begins anew for who has read another one, and after a reset', async () => {
    const before = await look();
    const other = await look({ log: 'another', last: 7 });
    expect(other.events[0]).toEqual(before.events[0]);
    await engine.running.engine.reset();
    const after = await look(before);
    expect(after.log).not.toBe(before.log);
    expect(after).toMatchObject({ last: 0, skipped: 0, events: [] });
  });
});
