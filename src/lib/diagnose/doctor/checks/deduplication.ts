import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'lossless-json';
import type { RepeatedMessage } from '../../../aws/repeats.ts';
import { parseGivenFields } from '../../../events/given-fields.ts';
import { AppError } from '../../../rules/errors.ts';
import { isFifo } from '../../../rules/fifo.ts';
import { DEDUPLICATION_WINDOW_SECONDS } from '../../../rules/limits.ts';
import { shownDuration } from '../../../rules/text/duration.ts';
import { shownText } from '../../../rules/text/shown-text.ts';
import { type Finding, type Fix, fail, ok, topicCheck, unknown } from '../check.ts';
import type { TopicFacts } from '../facts.ts';
import { LOOK_BACK } from '../read-published.ts';

const WINDOW = `${DEDUPLICATION_WINDOW_SECONDS / 60} minutes`;

/**
 * Whether a FIFO topic dropped an event for the repetition of another one. The same event sent again is a retry and no
 * loss; another event under a used id is, unless it was published again since under an id of its own.
 */
export const deduplication = topicCheck({
  id: 'deduplication',
  reads: ({ attributes }) => ({ attributes }),
  run: (_values, facts, { now, missing }): Finding => {
    if (!isFifo(facts.arn)) return ok('no FIFO topic: nothing is deduplicated');
    const { repeats } = facts;
    if (repeats === undefined) {
      const id = missing?.eventId;
      const which = id === undefined ? 'an event_id' : `the event_id "${shownText(id)}"`;
      return unknown(
        `SNS does not tell what it takes for a repetition: of messages under ${which} within ${WINDOW}, the first alone is delivered.`,
      );
    }
    const lost = repeats.filter(
      (each) => now - each.time.getTime() < LOOK_BACK && isLost(each, facts),
    );
    const [first] = lost;
    if (first === undefined) {
      return ok(`${repeats.length} repetitions lately, no event lost by them`);
    }
    const age = shownDuration((now - first.time.getTime()) / 1000);
    const more = lost.length > 1 ? ` So were ${lost.length - 1} more.` : '';
    return fail(
      `An event published ${age} ago under the deduplication id "${shownText(first.deduplicationId)}" was dropped: message ${first.messageId} had used it, and an id is delivered once in ${WINDOW}.${more}`,
      publishAgain(first),
    );
  },
});

/** Whether what was dropped says something else than what was delivered, and nobody has published it again since. */
function isLost(repeat: RepeatedMessage, { published }: TopicFacts): boolean {
  const delivered = published.find(({ messageId }) => messageId === repeat.messageId);
  if (delivered === undefined) return false;
  const content = contentOf(repeat.body);
  if (isDeepStrictEqual(contentOf(delivered.body), content)) return false;
  return !published.some(
    ({ body, time }) => time >= repeat.time && isDeepStrictEqual(contentOf(body), content),
  );
}

/** What an event says, whenever and under whatever id it is published; the text itself where it is not an event. */
function contentOf(body: string): unknown {
  try {
    const { event_id: _id, timestamp: _time, ...content } = parseGivenFields(body);
    return content;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return body;
  }
}

function publishAgain({ body }: RepeatedMessage): Fix | undefined {
  try {
    const { event_id: _id, timestamp: _time, ...content } = parseGivenFields(body);
    const { event_type: type } = content;
    if (typeof type !== 'string') return undefined;
    const words = ['publish', type, '--data', stringify(content) ?? '{}'];
    return { tool: 'pubsub', words, safe: false };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return undefined;
  }
}
