import type {
  DeleteFunctionConcurrencyRequest,
  GetAccountSettingsResponse,
  GetFunctionConcurrencyRequest,
  GetFunctionConcurrencyResponse,
  PutFunctionConcurrencyRequest,
} from '@aws-sdk/client-lambda';
import { functionFor } from '../authorize.ts';
import type { LambdaContext } from '../context.ts';
import { constraint, invalid } from '../errors.ts';
import { storeFunction } from '../state.ts';

/** "1,000 concurrent executions" of an account in a region, of which 100 are never reserved (Lambda quotas). */
const ACCOUNT_CONCURRENCY = 1000;
const LEAST_UNRESERVED = 100;
/** "75 GB" of code, "250 MB" unzipped, "50 MB" zipped (Lambda quotas), in bytes. */
const CODE_LIMITS = {
  TotalCodeSize: 80_530_636_800,
  CodeSizeUnzipped: 262_144_000,
  CodeSizeZipped: 52_428_800,
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html */
export function putFunctionConcurrency(
  input: PutFunctionConcurrencyRequest,
  ctx: LambdaContext,
): GetFunctionConcurrencyResponse {
  const fn = functionFor(ctx, 'PutFunctionConcurrency', input.FunctionName);
  const { ReservedConcurrentExecutions: reserved = 0 } = input;
  if (reserved < 0) {
    throw constraint(
      'reservedConcurrentExecutions',
      reserved,
      'have value greater than or equal to 0',
    );
  }
  if (unreserved(ctx, fn.arn) - reserved < LEAST_UNRESERVED) {
    throw invalid(
      `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
    );
  }
  storeFunction(ctx.state, { ...fn, reserved });
  return { ReservedConcurrentExecutions: reserved };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html */
export function getFunctionConcurrency(
  input: GetFunctionConcurrencyRequest,
  ctx: LambdaContext,
): GetFunctionConcurrencyResponse {
  const { reserved } = functionFor(ctx, 'GetFunctionConcurrency', input.FunctionName);
  return reserved === null ? {} : { ReservedConcurrentExecutions: reserved };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html */
export function deleteFunctionConcurrency(
  input: DeleteFunctionConcurrencyRequest,
  ctx: LambdaContext,
): void {
  const fn = functionFor(ctx, 'DeleteFunctionConcurrency', input.FunctionName);
  storeFunction(ctx.state, { ...fn, reserved: null });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAccountSettings.html */
export function getAccountSettings(
  _input: unknown,
  ctx: LambdaContext,
): GetAccountSettingsResponse {
  const own = ownFunctions(ctx);
  const sizes = own.flatMap(({ latest, published }) =>
    [latest, ...published].map(({ code }) => (code.kind === 'zip' ? code.size : 0)),
  );
  return {
    AccountLimit: {
      ...CODE_LIMITS,
      ConcurrentExecutions: ACCOUNT_CONCURRENCY,
      UnreservedConcurrentExecutions: unreserved(ctx, ''),
    },
    AccountUsage: {
      TotalCodeSize: sizes.reduce((sum, size) => sum + size, 0),
      FunctionCount: own.length,
    },
  };
}

function ownFunctions({ state, account, region }: LambdaContext) {
  return [...state.functions.values()].filter(
    (fn) => fn.account === account && fn.region === region,
  );
}

/** What no function but one has set aside. */
function unreserved(ctx: LambdaContext, butFor: string): number {
  return ownFunctions(ctx)
    .filter(({ arn }) => arn !== butFor)
    .reduce((left, { reserved }) => left - (reserved ?? 0), ACCOUNT_CONCURRENCY);
}
