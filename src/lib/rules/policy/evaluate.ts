import type { ResourcePolicy } from './parse.ts';
import type { PolicyRequest } from './request.ts';
import type { Statement } from './statement.ts';

/** What a policy says; `statement` is the deciding one's Sid, or its position from 0 where it has none. */
export interface PolicyDecision {
  readonly decision: 'allow' | 'deny' | 'none';
  readonly statement?: string | number;
}

const NONE: PolicyDecision = { decision: 'none' };

/** A statement's Sid, or its position from 0. */
export function nameOf({ sid, index }: Statement): string | number {
  return sid === undefined || sid === '' ? index : sid;
}

function applies(statement: Statement, request: PolicyRequest): boolean {
  for (const element of statement.elements) if (!element.holds(request)) return false;
  for (const condition of statement.conditions) if (!condition.holds(request)) return false;
  return true;
}

/**
 * Evaluates a resource policy: an explicit Deny wins over any Allow, and without either there is no decision
 * ("Policy evaluation logic", IAM User Guide). No policy decides nothing. Pure, and never throws.
 */
export function evaluatePolicy(
  policy: ResourcePolicy | undefined,
  request: PolicyRequest,
): PolicyDecision {
  if (policy === undefined) return NONE;
  for (const statement of policy.denies) {
    if (applies(statement, request)) return { decision: 'deny', statement: nameOf(statement) };
  }
  for (const statement of policy.allows) {
    if (applies(statement, request)) return { decision: 'allow', statement: nameOf(statement) };
  }
  return NONE;
}
