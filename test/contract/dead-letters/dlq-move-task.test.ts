import { describe, expect, it } from 'vitest';
import { type MoveTaskOptions, moveByTask } from '../../../src/lib/dead-letters/move-task.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { startProxy } from '../../fixtures/proxy.ts';
import {
  createPair,
  type DeadLetterPair,
  deadLetter,
  depthOf,
  receiveEverything,
  sendAll,
} from './dead-letters.ts';

const endpoint = useEndpoint();

function run({ queue, dlq }: DeadLetterPair, more: Partial<MoveTaskOptions> = {}) {
  return moveByTask({
    aws: endpoint.aws,
    dlqUrl: dlq.url,
    dlqArn: dlq.arn,
    queueUrl: queue.url,
    queueArn: queue.arn,
    rate: undefined,
    signal: new AbortController().signal,
    ...more,
  });
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => ({ body: `${n}` }));

describe.skipIf(isIndependent)('the move task of SQS', () => {
  it('moves everything, also what does not say where it came from', async () => {
    const pair = await createPair(endpoint);
    await deadLetter(endpoint, pair, numbered(3));
    await sendAll(endpoint, pair.dlq.url, [{ body: 'sent here' }]);

    expect(await run(pair)).toMatchObject({ kind: 'ended', completed: true, moved: 4 });
    expect(await receiveEverything(endpoint.aws, pair.queue.url)).toHaveLength(4);
  });

  it('moves each to its own queue where several share the dead-letter queue', async () => {
    const one = await createPair(endpoint);
    const other = await createPair(endpoint, { dlq: one.dlq });
    await deadLetter(endpoint, one, [{ body: 'one' }]);
    await deadLetter(endpoint, other, [{ body: 'other' }]);

    expect(await run(one)).toMatchObject({ completed: true, moved: 2 });
    expect(
      (await receiveEverything(endpoint.aws, other.queue.url)).map(({ Body }) => Body),
    ).toEqual(['other']);
  });

  it('is cancelled once when asked to, and what was moved stays moved', async () => {
    const pair = await createPair(endpoint);
    await sendAll(endpoint, pair.dlq.url, numbered(20));
    const controller = new AbortController();
    const proxy = await startProxy(endpoint.url);
    let running = '';
    let looksAfter = 0;
    proxy.rule = ({ action }) => {
      if (action !== 'ListMessageMoveTasks') return undefined;
      return {
        // SQS takes its time to cancel.
        answer: (body) => {
          if (!controller.signal.aborted) running = body;
          return controller.signal.aborted && ++looksAfter <= 2 ? running : body;
        },
      };
    };
    const result = await run(pair, {
      aws: proxy.aws,
      rate: 10,
      signal: controller.signal,
      onProgress: (moved) => {
        if (moved > 0) controller.abort();
      },
    });
    await proxy.close();
    const { visible } = await depthOf(endpoint.aws, pair.dlq.url);
    expect(result).toMatchObject({ kind: 'ended', completed: false, goesOn: false });
    expect(visible).toBeGreaterThan(0);
    expect(await receiveEverything(endpoint.aws, pair.queue.url)).toHaveLength(20 - visible);
    expect(proxy.counts.get('CancelMessageMoveTask')).toBe(1);
  });

  it('joins a task that runs already, as one that a killed run has started', async () => {
    const pair = await createPair(endpoint);
    await sendAll(endpoint, pair.dlq.url, numbered(10));
    const first = run(pair, { rate: 10 });
    await expect
      .poll(() => depthOf(endpoint.aws, pair.queue.url))
      .toMatchObject({ visible: expect.toSatisfy((visible: number) => visible > 0) });
    const onJoined = () => {
      throw new TypeError('a defect');
    };
    await expect(run(pair, { onJoined })).rejects.toThrow('a defect');
    let joined = 0;
    const second = await run(pair, { onJoined: () => joined++ });
    expect(joined).toBe(1);
    expect(second).toMatchObject({ completed: true, moved: 10 });
    expect(await first).toMatchObject({ completed: true, moved: 10 });
  });

  it('is looked at now and then, and not taken for an earlier one while the list lags behind', async () => {
    const pair = await createPair(endpoint);
    await sendAll(endpoint, pair.dlq.url, numbered(3));
    expect(await run(pair)).toMatchObject({ completed: true, moved: 3 });
    await sendAll(endpoint, pair.dlq.url, numbered(5));
    const proxy = await startProxy(endpoint.url);
    let answers = 0;
    let stale = '';
    const looks: number[] = [];
    proxy.rule = ({ action }) => {
      if (action !== 'ListMessageMoveTasks') return undefined;
      looks.push(performance.now());
      return {
        answer: (body) => {
          answers++;
          if (answers === 1) stale = body;
          return answers <= 3 ? stale : body;
        },
      };
    };
    const progress: number[] = [];
    const result = await run(pair, {
      aws: proxy.aws,
      onProgress: (moved) => progress.push(moved),
    });
    await proxy.close();
    expect(result).toMatchObject({ completed: true, moved: 5 });
    expect(progress.slice(0, 2)).toEqual([0, 0]);
    // The first one comes before the task, and the second right after its start.
    const pauses = looks.slice(2).map((at, index) => at - (looks[index + 1] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThan(90);
  });

  it('says that it is unavailable where the target refuses it, and nothing is moved', async () => {
    const pair = await createPair(endpoint);
    await sendAll(endpoint, pair.dlq.url, numbered(2));
    const proxy = await startProxy(endpoint.url);
    proxy.rule = ({ action }) =>
      action.includes('MoveTask') ? { status: 400, error: 'UnsupportedOperation' } : undefined;
    const result = await run(pair, { aws: proxy.aws });
    await proxy.close();
    expect(result).toMatchObject({ kind: 'unavailable', error: { code: 'UnsupportedOperation' } });
    expect((await depthOf(endpoint.aws, pair.dlq.url)).visible).toBe(2);
  });
});
