import { randomUUID } from 'node:crypto';
import type {
  AddPermissionRequest,
  AddPermissionResponse,
  GetPolicyRequest,
  GetPolicyResponse,
  RemovePermissionRequest,
} from '@aws-sdk/client-lambda';
import { policyText, targetFor } from '../authorize.ts';
import type { LambdaContext } from '../context.ts';
import { conflict, constraint, invalid, notFound, outdatedRevision } from '../errors.ts';
import type { LambdaFunction, PolicyStatement } from '../function.ts';
import type { FunctionTarget } from '../lookup.ts';
import { storeFunction } from '../state.ts';

const STATEMENT_ID = /^[a-zA-Z0-9-_]{1,100}$/;
const ACTION = /^(?:lambda:[*]|lambda:[a-zA-Z]+|[*])$/;
const ACCOUNT = /^\d{12}$/;
const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/;

/** https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
export function addPermission(
  input: AddPermissionRequest,
  ctx: LambdaContext,
): AddPermissionResponse {
  const { StatementId: sid = '' } = input;
  const target = targetFor(ctx, 'AddPermission', input.FunctionName, input.Qualifier);
  const { fn } = target;
  checkPolicyRevision(fn, input.RevisionId);
  if (!STATEMENT_ID.test(sid)) {
    throw constraint('statementId', sid, 'satisfy regular expression pattern: ([a-zA-Z0-9-_]+)');
  }
  const qualifier = qualifierOf(target);
  if (fn.statements.some((each) => each.sid === sid && each.qualifier === qualifier)) {
    throw conflict(
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement = statementOf(input, target.arn);
  changePolicy(ctx, fn, [...fn.statements, { qualifier, sid, statement }]);
  return { Statement: JSON.stringify(statement) };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html */
export function removePermission(input: RemovePermissionRequest, ctx: LambdaContext): void {
  const { StatementId: sid } = input;
  const target = targetFor(ctx, 'RemovePermission', input.FunctionName, input.Qualifier);
  const { fn } = target;
  checkPolicyRevision(fn, input.RevisionId);
  const qualifier = qualifierOf(target);
  const left = fn.statements.filter((each) => each.sid !== sid || each.qualifier !== qualifier);
  if (left.length === fn.statements.length) {
    throw notFound(`Statement ${sid} is not found in resource policy.`);
  }
  changePolicy(ctx, fn, left);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html */
export function getPolicy(input: GetPolicyRequest, ctx: LambdaContext): GetPolicyResponse {
  const target = targetFor(ctx, 'GetPolicy', input.FunctionName, input.Qualifier);
  const Policy = policyText(target.fn, qualifierOf(target) || undefined);
  if (Policy === undefined) throw notFound('The resource you requested does not exist.');
  return { Policy, RevisionId: target.fn.policyRevisionId };
}

/** Empty where the function itself was named. */
function qualifierOf({ fn, arn }: FunctionTarget): string {
  return arn.slice(fn.arn.length + 1);
}

function changePolicy(
  { state }: LambdaContext,
  fn: LambdaFunction,
  statements: readonly PolicyStatement[],
): void {
  storeFunction(state, { ...fn, statements, policyRevisionId: randomUUID() });
}

/** @throws ServiceError `PreconditionFailedException` */
function checkPolicyRevision(fn: LambdaFunction, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== fn.policyRevisionId) throw outdatedRevision();
}

/** @throws ServiceError `ValidationException`, `InvalidParameterValueException` */
function statementOf(input: AddPermissionRequest, resource: string): PolicyStatement['statement'] {
  const { Action: action = '', SourceArn, SourceAccount, PrincipalOrgID, EventSourceToken } = input;
  if (!ACTION.test(action)) {
    throw constraint(
      'action',
      action,
      'satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])',
    );
  }
  const equals = {
    ...(SourceAccount === undefined ? {} : { 'AWS:SourceAccount': SourceAccount }),
    ...(PrincipalOrgID === undefined ? {} : { 'aws:PrincipalOrgID': PrincipalOrgID }),
    ...(EventSourceToken === undefined ? {} : { 'lambda:EventSourceToken': EventSourceToken }),
  };
  const condition = {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(SourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': SourceArn } }),
  };
  return {
    Sid: input.StatementId,
    Effect: 'Allow',
    Principal: principalOf(input.Principal ?? ''),
    Action: action,
    Resource: resource,
    ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  };
}

function principalOf(principal: string): string | Readonly<Record<string, string>> {
  if (principal === '*') return '*';
  if (SERVICE.test(principal)) return { Service: principal };
  if (ACCOUNT.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (/^arn:aws[a-z-]*:(?:iam|sts)::\d{12}:.+$/.test(principal)) return { AWS: principal };
  throw invalid('The provided principal was invalid. Please check the principal and try again.');
}
