import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { runMain } from '../../fixtures/main.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

/** A project with a `pubsub.yaml` of its own, and commands that run in it. */
function project(yaml: string) {
  const cwd = join(pubsub.env.HOME ?? '', uniquePrefix());
  mkdirSync(cwd);
  const write = (text: string): void => writeFileSync(join(cwd, 'pubsub.yaml'), text);
  write(yaml);
  const flags = ['--endpoint-url', endpoint.url, '--prefix', uniquePrefix()];
  const run = (...words: string[]) => runMain([...words, ...flags], pubsub.env, { cwd });
  const json = async (...words: string[]): Promise<string> => {
    const { stdout, stderr, code } = await run(...words, '--json');
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const document = async (...words: string[]) => JSON.parse(await json(...words));
  /** What a subscriber hears: type and order id of each event. */
  const heard = async (subscriber: string, max: number): Promise<string[]> => {
    const lines = await json('listen', subscriber, '--max', String(max), '--idle-timeout', '20');
    return lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line).event)
      .map(({ event_type, order_id }) => `${event_type} ${order_id}`);
  };
  return { write, run, document, heard };
}

const FIFO = `fifo: true
subscribers:
  email: { filterPolicy: { event_type: [order.updated] } }
  analytics: { rawDelivery: true }
  billing:
`;

describe('a FIFO topology in pubsub.yaml', () => {
  it('is set up, published to, listened to, looked at and cleaned up', async () => {
    const { run, document, heard } = project(FIFO);
    const setup = await document('setup');
    expect(setup.topic.name).toMatch(/-order-events\.fifo$/);
    expect(setup.subscribers).toHaveLength(4);
    expect(await run('setup', '--dry-run', '--exit-code')).toMatchObject({ code: 0 });

    const created = await document('publish', 'order.created', '--count', '25');
    const updated = await document('publish', 'order.updated', '--count', '5', '--group', 'g');
    expect([created.published, updated.published]).toEqual([25, 5]);

    const updates = [1, 2, 3, 4, 5].map((id) => `order.updated ${id}`);
    expect(await heard('email', 5)).toEqual(updates);
    for (const subscriber of ['analytics', 'billing']) {
      const all = await heard(subscriber, 30);
      expect(all).toHaveLength(30);
      expect(all.filter((event) => updates.includes(event))).toEqual(updates);
    }
    const status = await document('status');
    expect(status.subscribers.map(({ name, depth }: never) => [name, depth])).toEqual([
      ['email', 0],
      ['inventory', 30],
      ['analytics', 0],
      ['billing', 0],
    ]);
    expect(await run('dlq', 'ls')).toMatchObject({ code: 0 });
    const cleaned = await document('cleanup', '--yes');
    expect(cleaned).toMatchObject({ verified: true, remaining: [] });
    expect(cleaned.deleted).toHaveLength(13);
  });

  it('is not what demo and bench show', async () => {
    const { run } = project('fifo: true\n');
    for (const command of ['demo', 'bench']) {
      const { code, stderr } = await run(command);
      expect(code).toBe(2);
      expect(stderr).toContain(`pubsub ${command} runs on a standard topic`);
    }
  });
});

describe('filters in pubsub.yaml', () => {
  it('show in the plan when they change, and go when the file says no more', async () => {
    const { write, run, document, heard } = project('');
    await document('setup');
    write('subscribers: { email: { filterPolicy: { event_type: [order.created] } } }');
    const { stdout, code } = await run('setup', '--dry-run', '--exit-code');
    expect(code).toBe(3);
    expect(stdout).toContain('FilterPolicy: none → {"event_type":["order.created"]}');
    await document('setup');
    await document('publish', 'order.updated', '--count', '2');
    await document('publish', 'order.created', '--count', '1');
    expect(await heard('email', 1)).toEqual(['order.created 1']);
    write('');
    await document('setup');
    await document('publish', 'order.updated');
    expect(await heard('email', 1)).toEqual(['order.updated 1']);
  });

  it('refuses --group on a standard topic', async () => {
    const { run } = project('');
    const { code, stderr } = await run('publish', 'order.created', '--group', 'a', '--count', '1');
    expect(code).toBe(2);
    expect(stderr).toContain('--group needs a FIFO topic');
  });
});
