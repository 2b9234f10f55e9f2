import { AppError } from '../rules/errors.ts';
import {
  allowTopic,
  type DocumentChange,
  hasEquivalentStatement,
  mergeStatement,
} from '../rules/policy/document.ts';
import { InvalidPolicy } from '../rules/policy/index.ts';
import type { Difference } from './change.ts';

/** The queue whose policy is meant, and the topic that it has to let in. */
export interface PolicyParties {
  readonly queue: string;
  readonly queueArn: string;
  readonly topicArn: string;
}

/** What of our statement differs in a policy. @throws AppError when the policy can't be read. */
export function policyDifferences(text: string, parties: PolicyParties): Difference[] {
  const statement = allowTopic(parties.topicArn, parties.queueArn);
  return readable(parties.queue, () => {
    if (hasEquivalentStatement(text, statement)) return [];
    const altered = text.includes(`"${statement.Sid}"`);
    return [
      {
        setting: `statement ${statement.Sid}`,
        from: altered ? 'altered' : undefined,
        to: 'lets the topic send',
      },
    ];
  });
}

/** A policy with our statement in it and all others to the letter. @throws AppError when it can't be read. */
export function mergedPolicy(text: string | undefined, parties: PolicyParties): DocumentChange {
  const statement = allowTopic(parties.topicArn, parties.queueArn);
  return readable(parties.queue, () => mergeStatement(text, statement));
}

function readable<T>(queue: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidPolicy)) throw error;
    throw new AppError({
      code: 'UnreadablePolicy',
      message: `Queue "${queue}" has a policy that can't be read, so nothing can be merged into it: ${error.message}`,
      hint: 'Mend or remove the policy of that queue, then run setup again.',
      cause: error,
    });
  }
}
