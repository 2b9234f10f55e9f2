import { describe, expect, it } from 'vitest';
import type { MessageQueue } from '../../../src/lib/aws/message-queue.ts';
import type { EntryResult, VisibilityChange } from '../../../src/lib/aws/received-messages.ts';
import { createHeartbeat, type Kept } from '../../../src/lib/consume/heartbeat.ts';
import { deferred } from '../../../src/library/deferred.ts';

/** A queue that answers extensions in turn, and the heartbeat that asks for them. */
function beat(visibility: number, answers: (() => EntryResult[] | Promise<EntryResult[]>)[]) {
  const asked: string[][] = [];
  const lost: string[] = [];
  const queue: Pick<MessageQueue, 'changeVisibility'> = {
    async changeVisibility(changes: readonly VisibilityChange[]) {
      asked.push(changes.map(({ receiptHandle }) => receiptHandle));
      return (await answers.shift()?.()) ?? changes.map(() => ({ ok: true }));
    },
  };
  const heartbeat = createHeartbeat({
    queue: queue as MessageQueue,
    visibility: async () => visibility,
    onLost: (messageId) => lost.push(messageId),
  });
  return { heartbeat, asked, lost };
}

/** A message whose time is half over. */
const due = (messageId: string): Kept => {
  const receivedAt = performance.now() - 60_000;
  return { messageId, receiptHandle: messageId, receivedAt, heldSince: receivedAt };
};

const again = (retryable: boolean): EntryResult => ({ ok: false, reason: 'no', retryable });

describe('a message that is kept hidden', () => {
  it('is asked for again where that may pass, and told as lost only while it is in hand', async () => {
    const ended = due('ended');
    const { heartbeat, asked, lost } = beat(100, [
      () => {
        void heartbeat.end(ended);
        return [again(true), again(false), again(false)];
      },
    ]);
    for (const message of [due('later'), ended, due('gone')]) heartbeat.keep(message);
    await expect.poll(() => asked).toEqual([['later', 'ended', 'gone'], ['later']]);
    expect(lost).toEqual(['gone']);
  });

  it('needs no extension where its queue hides nothing, and does from a second on', async () => {
    const [never, short] = [beat(0, []), beat(1, [])];
    for (const { heartbeat } of [never, short]) heartbeat.keep(due('m'));
    await expect.poll(() => short.asked.length).toBeGreaterThan(0);
    expect(never.asked).toEqual([]);
  });

  it('fails whoever waits for its extension at a defect, which is nothing of the queue', async () => {
    const begun = deferred<void>();
    const goOn = deferred<void>();
    const { heartbeat, lost } = beat(100, [
      async () => {
        begun.resolve();
        await goOn.promise;
        throw new TypeError('a defect');
      },
    ]);
    const message = due('m');
    heartbeat.keep(message);
    await begun.promise;
    const waits = expect(heartbeat.end(message)).rejects.toThrow('a defect');
    goOn.resolve();
    await waits;
    expect(lost).toEqual([]);
  });
});
