import { InvalidPolicy, parsePolicy, type ResourcePolicy } from '../../rules/policy/index.ts';

/**
 * Reads a policy of a role, or one that restricts a session. Unlike the policies of queues and topics it names no
 * principal: it holds for whoever carries it.
 *
 * @throws InvalidPolicy
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
 */
export function parseIdentityPolicy(text: string): ResourcePolicy {
  let source: unknown;
  try {
    source = JSON.parse(text);
  } catch (error) {
    throw new InvalidPolicy(`The policy is not JSON: ${(error as Error).message}`);
  }
  const { Statement: given } = (source ?? {}) as { readonly Statement?: unknown };
  if (given === undefined) throw new InvalidPolicy('Statement is missing');
  const statements: readonly unknown[] = Array.isArray(given) ? given : [given];
  const Statement = statements.map((statement) => {
    if (typeof statement !== 'object' || statement === null) {
      throw new InvalidPolicy('A statement must be an object');
    }
    if ('Principal' in statement || 'NotPrincipal' in statement) {
      throw new InvalidPolicy('A policy of an identity names no principal');
    }
    return { ...statement, Principal: '*' };
  });
  return parsePolicy(JSON.stringify({ ...(source as object), Statement }));
}
