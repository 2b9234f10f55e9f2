import { UntagQueueCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { findRemains } from '../../../src/lib/topology/remains.ts';
import { uniquePrefix, useEndpoint } from '../../fixtures/endpoint.ts';
import { openGateway } from '../../fixtures/gateway.ts';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { openTerminal } from '../../fixtures/terminal.ts';
import { cleanUpAt, fanOutAt, newPlace, subscriber, urlOf } from '../../fixtures/topology.ts';

const endpoint = useEndpoint();
const pubsub = usePubsub();

interface CleanupDocument {
  deleted: { type: string; name: string }[];
  remaining: { type: string; name: string }[];
  verified: boolean;
}

/** A topology that is set up, and the flags that lead a run to it. */
async function setUpThere() {
  const prefix = uniquePrefix();
  const place = await newPlace(endpoint, prefix);
  await fanOutAt(place);
  return { place, prefix, flags: ['--endpoint-url', endpoint.url, '--prefix', prefix] };
}

const OURS = { includeUntagged: false };

describe('pubsub cleanup', () => {
  it('prints one document: what it deleted in order, what is left, and that it looked', async () => {
    const { prefix, flags } = await setUpThere();

    const { code, doc } = await pubsub.json(['cleanup', '--yes', ...flags]);

    expect(code).toBe(0);
    const { deleted, remaining, verified }: CleanupDocument = doc;
    expect({ remaining, verified }).toEqual({ remaining: [], verified: true });
    expect(deleted.map(({ type }) => type)).toEqual([
      ...Array(3).fill('subscription'),
      'topic',
      ...Array(3).fill('queue'),
      ...Array(3).fill('dlq'),
    ]);
    expect(deleted).toContainEqual({ type: 'topic', name: `${prefix}-order-events` });
  });

  it('says that there is nothing to do, and exits 0 without asking', async () => {
    const flags = ['--endpoint-url', endpoint.url, '--prefix', uniquePrefix()];

    const { stdout, code } = await pubsub.run(['cleanup', ...flags]);
    const { doc } = await pubsub.json(['cleanup', ...flags]);

    expect({ stdout, code }).toEqual({ stdout: 'Nothing to clean up.\n', code: 0 });
    expect(doc).toMatchObject({ deleted: [], remaining: [], verified: true });
  });

  it('refuses where nobody can be asked, and deletes nothing on a dry run', async () => {
    const { place, flags } = await setUpThere();

    const refused = await pubsub.run(['cleanup', ...flags]);
    const dry = await pubsub.run(['cleanup', '--dry-run', ...flags]);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Add --yes to go ahead.');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('Dry run: 10 to delete.');
    expect((await findRemains(place, OURS)).ours).toHaveLength(10);
    await cleanUpAt(place);
  });

  it('reports and leaves what is not tagged as ours, until told otherwise', async () => {
    const { place, flags } = await setUpThere();
    const { queue } = subscriber(place);
    const QueueUrl = await urlOf(place, queue);
    await place.aws.sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['managed-by'] }));

    const { stdout } = await pubsub.run(['cleanup', '--dry-run', ...flags]);
    const first = await pubsub.json(['cleanup', '--yes', ...flags]);
    const second = await pubsub.json(['cleanup', '--yes', '--include-untagged', ...flags]);

    expect(stdout).toContain(`! queue         ${queue} (left: not tagged as ours`);
    expect(first).toMatchObject({
      code: 0,
      doc: { verified: true, remaining: [{ type: 'queue', name: queue }] },
    });
    expect(second).toMatchObject({
      code: 0,
      doc: { verified: true, remaining: [], deleted: [{ type: 'queue', name: queue }] },
    });
  });

  it('finishes what it has in hand on Ctrl-C, and says what completes it', async () => {
    const { place, prefix } = await setUpThere();
    let interrupt = (): void => {};
    const gateway = await openGateway(endpoint.url, async (action) => {
      if (action === 'DeleteTopic') {
        interrupt();
      }
      return undefined;
    });
    const flags = ['--endpoint-url', gateway.url, '--prefix', prefix];
    const running = pubsub.start(['cleanup', '--yes', ...flags]);
    interrupt = () => running.kill('SIGINT');
    const interrupted = await running.finished;
    const completed = await pubsub.run(['cleanup', '--yes', ...flags]);
    await gateway.close();

    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('Interrupted: 4 deleted, 6 left.');
    expect(interrupted.stderr).toContain(`Finish with: pubsub cleanup ${flags.join(' ')}`);
    expect(completed.code).toBe(0);
    expect(await findRemains(place, OURS)).toEqual({ ours: [], foreign: [] });
  });

  it('is followed by a setup that says how to do without the wait on this machine', async () => {
    await pubsub.startEngine({ strictTimings: true });
    await pubsub.run(['setup']);
    await pubsub.run(['cleanup', '--yes']);

    const waiting = pubsub.start(['setup']);
    await waiting.waitFor('deleted less than a minute ago');
    waiting.kill('SIGINT');

    const { stderr, code } = await waiting.finished;
    expect(stderr.split('pubsub local start --no-waits')).toHaveLength(2);
    expect(code).toBe(130);
  });

  it('asks on a terminal, and takes no for an answer', async () => {
    const { place, flags } = await setUpThere();

    const refused = openTerminal(['cleanup', ...flags], pubsub.env);
    await refused.waitFor('Delete these 10');
    refused.type('n\r');
    const refusedCode = await refused.exited;
    const left = await findRemains(place, OURS);
    const cancelled = openTerminal(['cleanup', ...flags], pubsub.env);
    await cancelled.waitFor('Delete these 10');
    cancelled.type('\x03');
    const cancelledCode = await cancelled.exited;
    const agreed = openTerminal(['cleanup', ...flags], pubsub.env);
    await agreed.waitFor('Delete these 10');
    agreed.type('y\r');
    await agreed.waitFor('nothing of it is left');

    expect(refused.output()).toContain('Nothing was deleted.');
    expect(refusedCode).toBe(1);
    expect(agreed.output()).toMatch(/✓\S* .*Delete these 10/);
    expect(agreed.output()).not.toContain('✔');
    expect(left.ours).toHaveLength(10);
    expect(cancelledCode).toBe(130);
    expect(await agreed.exited).toBe(0);
    expect((await findRemains(place, OURS)).ours).toEqual([]);
  });
});
