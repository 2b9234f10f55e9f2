import { InvalidPolicy, parsePolicy } from '../../../rules/policy/index.ts';
import { invalidAttributeValue, overLimit } from './errors.ts';

// "Amazon SQS policy quotas". Those on conditions and principals are left alone: policies past them are known to work.
const MAX_BYTES = 8192;
const MAX_STATEMENTS = 20;
const MAX_ACTIONS_PER_STATEMENT = 7;

interface Statement {
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
}

/**
 * Checks a queue's policy before it is stored: its grammar, its size, and that each statement is for a single resource.
 *
 * @throws ServiceError InvalidAttributeValue, OverLimit
 */
export function checkQueuePolicy(text: string): void {
  try {
    parsePolicy(text, { anyResource: true });
  } catch (error) {
    if (error instanceof InvalidPolicy) throw invalidAttributeValue('Policy');
    throw error;
  }
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw overLimit('Submitted policy is over max allowed size.');
  }
  const { Statement: given } = JSON.parse(text) as { Statement: Statement | Statement[] };
  const statements = Array.isArray(given) ? given : [given];
  if (statements.length > MAX_STATEMENTS) {
    throw overLimit(
      `${statements.length} statements were found in the submitted policy, max allowed is ${MAX_STATEMENTS}`,
    );
  }
  for (const { Action, NotAction, Resource } of statements) {
    if (Array.isArray(Resource) && Resource.length > 1) throw invalidAttributeValue('Policy');
    const actions = Action ?? NotAction;
    if (!Array.isArray(actions) || actions.length <= MAX_ACTIONS_PER_STATEMENT) continue;
    throw overLimit(
      `${actions.length} actions were found in a statement from the submitted policy, max allowed is ${MAX_ACTIONS_PER_STATEMENT}`,
    );
  }
}
