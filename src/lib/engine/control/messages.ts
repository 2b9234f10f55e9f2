import { parseSnsBody } from '../../rules/sns-envelope.ts';
import type { Engine } from '../engine.ts';
import { messagesIn } from '../observe/peek.ts';
import type { HistoryLine } from '../services/sns/history-line.ts';
import type { Queue } from '../services/sqs/queue/queue.ts';
import type { PublishedMessage, QueuedMessage } from './message-types.ts';

/** All messages of a queue, delayed and in-flight ones included, in the order of their arrival. Nothing is received. */
export function everyMessage(engine: Pick<Engine, 'sqs'>, queue: Queue): QueuedMessage[] {
  return Array.from(messagesIn(engine.sqs, queue), (message) => {
    const content = parseSnsBody(message.body);
    const text = content.kind === 'envelope' ? content.message : content.body;
    return { ...message, event: jsonOf(text) };
  });
}

/** What was published to a topic, the oldest first; the history keeps the newest 10,000 at least. */
export function everyPublished(engine: Pick<Engine, 'sns'>, topicArn: string): PublishedMessage[] {
  const text = Buffer.concat(engine.sns.history.read(topicArn).lines).toString();
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const message = JSON.parse(line) as HistoryLine;
    return { ...message, event: jsonOf(message.body) };
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
