import { evaluatePolicy, type PolicyDecision, parsePolicy } from '../../../rules/policy/index.ts';
import { ServiceError } from '../../errors.ts';
import { timeKeys } from '../../time-keys.ts';
import { type FunctionAddress, newAddress, reachableAddress } from './address.ts';
import type { LambdaContext } from './context.ts';
import { invalid } from './errors.ts';
import type { LambdaFunction } from './function.ts';
import { type FunctionTarget, functionAt, targetAt } from './lookup.ts';

/** A function's policy for one qualifier, as `GetPolicy` shows it; undefined where nobody is named in it. */
export function policyText(fn: LambdaFunction, qualifier: string | undefined): string | undefined {
  const own = fn.statements.filter((each) => each.qualifier === (qualifier ?? ''));
  if (own.length === 0) return undefined;
  const Statement = own.map(({ statement }) => statement);
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement });
}

/** Who asks, and for what. */
export interface PolicyQuestion {
  readonly principal: Parameters<typeof evaluatePolicy>[1]['principal'];
  /** Without `lambda:`. */
  readonly action: string;
  readonly context: Readonly<Record<string, string>>;
}

/** What a function's policy says; undefined where it says nothing. @param now milliseconds since the epoch. */
export function decide(
  fn: LambdaFunction,
  qualifier: string | undefined,
  { principal, action, context }: PolicyQuestion,
  now: number,
): PolicyDecision['decision'] | undefined {
  const text = policyText(fn, qualifier);
  if (text === undefined) return undefined;
  return evaluatePolicy(parsePolicy(text), {
    principal,
    action: `lambda:${action}`,
    resource: qualifier === undefined ? fn.arn : `${fn.arn}:${qualifier}`,
    context: { 'aws:SecureTransport': 'true', ...timeKeys(now), ...context },
  }).decision;
}

/**
 * The version that a caller names, if he may: the function's own account, and another that its policy allows.
 *
 * @param action without `lambda:`
 * @throws ServiceError `AccessDeniedException`, `ResourceNotFoundException` and those of `addressOf`
 */
export function targetFor(
  ctx: LambdaContext,
  action: string,
  name: string | undefined,
  qualifier?: string,
): FunctionTarget {
  const address = reachableAddress(ctx, name, qualifier);
  authorize(ctx, action, address.arn, address.qualifier);
  return targetAt(ctx.state, address);
}

/** `targetFor` of what belongs to no version. @throws ServiceError also `InvalidParameterValueException` for a name with one */
export function functionFor(
  ctx: LambdaContext,
  action: string,
  name: string | undefined,
): LambdaFunction {
  const address = reachableAddress(ctx, name);
  authorize(ctx, action, address.arn, undefined);
  if (address.qualifier !== undefined && address.qualifier !== '$LATEST') {
    throw invalid(
      'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
    );
  }
  return functionAt(ctx.state, address);
}

/** Where a function is to be made. @throws ServiceError `AccessDeniedException` in another account, and those of `newAddress` */
export function addressForNew(ctx: LambdaContext, name: string | undefined): FunctionAddress {
  const address = newAddress(ctx, name);
  authorize(ctx, 'CreateFunction', address.arn, undefined);
  return address;
}

/** @throws ServiceError `AccessDeniedException` */
function authorize(
  ctx: LambdaContext,
  action: string,
  arn: string,
  qualifier: string | undefined,
): void {
  if (arn.split(':')[4] === ctx.account) return;
  const fn = ctx.state.functions.get(arn);
  const question: PolicyQuestion = {
    principal: { type: 'AWS', arn: ctx.principalArn, account: ctx.account },
    action,
    context: { 'aws:SourceIp': ctx.sourceIp, 'aws:RequestedRegion': ctx.region },
  };
  if (fn && decide(fn, qualifier, question, ctx.clock.timestamp()) === 'allow') return;
  throw new ServiceError(
    'AccessDeniedException',
    `User: ${ctx.principalArn} is not authorized to perform: lambda:${action} on resource: ${arn} because no resource-based policy allows the lambda:${action} action`,
    { status: 403 },
  );
}
