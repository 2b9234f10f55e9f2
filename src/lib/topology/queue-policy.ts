import { AppError } from '../rules/errors.ts';
import {
  allowTopic,
  type DocumentChange,
  hasEquivalentStatement,
  mergeStatement,
} from '../rules/policy/document.ts';
import { InvalidPolicy } from '../rules/policy/index.ts';
import type { Difference } from './change.ts';

/** The queue whose policy is meant, and the topics that it has to let in. */
export interface PolicyParties {
  readonly queue: string;
  readonly queueArn: string;
  readonly topicArns: readonly string[];
}

/** What of our statements differs in a policy, one for each topic. @throws AppError when the policy can't be read. */
export function policyDifferences(text: string, parties: PolicyParties): Difference[] {
  return readable(parties.queue, () =>
    statements(parties)
      .filter((statement) => !hasEquivalentStatement(text, statement))
      .map((statement) => ({
        setting: `statement ${statement.Sid}`,
        from: text.includes(`"${statement.Sid}"`) ? 'altered' : undefined,
        to: 'lets the topic send',
      })),
  );
}

/** A policy with our statements in it and all others to the letter. @throws AppError when it can't be read. */
export function mergedPolicy(text: string | undefined, parties: PolicyParties): DocumentChange {
  return readable(parties.queue, () => {
    let merged: DocumentChange = { text: text ?? '', changed: false };
    for (const statement of statements(parties)) {
      const next = mergeStatement(merged.text, statement);
      merged = { text: next.text, changed: merged.changed || next.changed };
    }
    return merged;
  });
}

function statements({ topicArns, queueArn }: PolicyParties) {
  return topicArns.map((topicArn) => allowTopic(topicArn, queueArn));
}

function readable<T>(queue: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    throw new AppError({
      code: 'UnreadablePolicy',
      message: `Queue "${queue}" has a policy that can't be read, so nothing can be merged into it: ${error.message}`,
      hint: 'Fix or remove the policy of that queue, then run setup again.',
      cause: error,
    });
  }
}
