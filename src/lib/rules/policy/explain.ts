import type { PolicyValue } from './canonical-statement.ts';
import { evaluatePolicy, nameOf, type PolicyDecision } from './evaluate.ts';
import type { ResourcePolicy } from './parse.ts';
import { contextValues, type PolicyRequest } from './request.ts';
import type { ElementRule, Statement } from './statement.ts';

/** Why a statement doesn't apply: what it wants against what the request has (undefined: the key is missing). */
export type Mismatch =
  | { readonly element: ElementRule['name']; readonly wanted: PolicyValue; readonly found: string }
  | {
      readonly element: 'Condition';
      readonly operator: string;
      readonly key: string;
      readonly wanted: readonly string[];
      readonly found: readonly string[] | undefined;
    };

export interface StatementExplanation {
  /** Sid, or position from 0. */
  readonly statement: string | number;
  readonly effect: 'Allow' | 'Deny';
  readonly applies: boolean;
  /** Everything that stands in the way, in the order Principal, Action, Resource, Condition; empty when it applies. */
  readonly mismatches: readonly Mismatch[];
}

export interface PolicyExplanation extends PolicyDecision {
  readonly statements: readonly StatementExplanation[];
}

function foundFor(name: ElementRule['name'], request: PolicyRequest): string {
  if (name === 'Action' || name === 'NotAction') return request.action;
  if (name === 'Resource' || name === 'NotResource') return request.resource;
  return request.principal.arn;
}

function explainStatement(statement: Statement, request: PolicyRequest): StatementExplanation {
  const elements = statement.elements
    .filter((element) => !element.holds(request))
    .map(
      ({ name, wanted }): Mismatch => ({ element: name, wanted, found: foundFor(name, request) }),
    );
  const conditions = statement.conditions
    .filter((condition) => !condition.holds(request))
    .map(
      ({ operator, key, wanted }): Mismatch => ({
        element: 'Condition',
        operator,
        key,
        wanted,
        found: contextValues(request, key.toLowerCase(), key),
      }),
    );
  const mismatches = [...elements, ...conditions];
  return {
    statement: nameOf(statement),
    effect: statement.effect,
    applies: mismatches.length === 0,
    mismatches,
  };
}

/** The decision of `evaluatePolicy` with the evidence: for each statement what kept it from applying. */
export function explainPolicy(
  policy: ResourcePolicy | undefined,
  request: PolicyRequest,
): PolicyExplanation {
  return {
    ...evaluatePolicy(policy, request),
    statements: (policy?.statements ?? []).map((each) => explainStatement(each, request)),
  };
}
