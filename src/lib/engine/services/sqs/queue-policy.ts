import { InvalidPolicy, parsePolicy, type ResourcePolicy } from '../../../rules/policy/index.ts';
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

/** Policies that were checked lately, by their texts: the tests of a suite give their queues the same ones. */
const known = new Map<string, ResourcePolicy>();
const REMEMBERED = 100;

/** What a queue's policy says; an object of its own, by which is remembered what it decided. @throws InvalidPolicy */
export function queuePolicy(text: string): ResourcePolicy {
  const policy = known.get(text);
  return policy === undefined ? parsePolicy(text, { anyResource: true }) : { ...policy };
}

/**
 * Checks a queue's policy before it is stored: its grammar, its size, and that each statement is for a single resource.
 *
 * @throws ServiceError InvalidAttributeValue, OverLimit
 */
export function checkQueuePolicy(text: string): void {
  if (known.has(text)) return;
  let policy: ResourcePolicy;
  try {
    policy = queuePolicy(text);
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
  if (known.size >= REMEMBERED) known.clear();
  known.set(text, policy);
}
