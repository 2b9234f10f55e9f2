import type { TopicAccess } from '../aws/sns-at.ts';
import { getTopicAttributes } from '../aws/topics.ts';
import { AppError, EXIT } from '../rules/errors.ts';
import { nameOfArn } from '../rules/names.ts';
import type { ReadyCheck } from './http/readiness.ts';

/** Looks for the topic that orders are announced on. Never throws. */
export async function checkTopic(aws: TopicAccess, topicArn: string): Promise<ReadyCheck> {
  try {
    const found = await getTopicAttributes(aws, topicArn);
    if (found) return { ok: true };
    return { ok: false, message: `the topic ${nameOfArn(topicArn)} doesn't exist` };
  } catch (error) {
    // Who may publish need not be allowed to look.
    if (error instanceof AppError && error.exitCode === EXIT.denied) return { ok: true };
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
