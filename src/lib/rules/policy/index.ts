export { evaluatePolicy, type PolicyDecision } from './evaluate.ts';
export {
  explainPolicy,
  type Mismatch,
  type PolicyExplanation,
  type StatementExplanation,
} from './explain.ts';
export { InvalidPolicy } from './invalid-policy.ts';
export { parsePolicy, type ResourcePolicy } from './parse.ts';
export { type PolicyPrincipal, type PolicyRequest, roleOfSession } from './request.ts';
