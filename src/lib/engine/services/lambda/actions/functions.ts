import type {
  DeleteFunctionRequest,
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  GetFunctionRequest,
  GetFunctionResponse,
  ListFunctionsRequest,
  ListFunctionsResponse,
} from '@aws-sdk/client-lambda';
import { targetFor } from '../authorize.ts';
import { configurationOf } from '../configuration.ts';
import type { LambdaContext } from '../context.ts';
import { conflict, invalid } from '../errors.ts';
import { pageOf } from '../pages.ts';
import { dropFunction, storeFunction, sweepCodeLater } from '../state.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export function getFunction(input: GetFunctionRequest, ctx: LambdaContext): GetFunctionResponse {
  const { fn, version, arn } = targetFor(ctx, 'GetFunction', input.FunctionName, input.Qualifier);
  const { code } = version;
  const hasTags = Object.keys(fn.tags).length > 0;
  return {
    Configuration: configurationOf(fn, version, arn),
    Code:
      code.kind === 'zip'
        ? {
            RepositoryType: 'S3',
            Location: `${ctx.baseUrl}/_pubsub/code?sha256=${encodeURIComponent(code.sha256)}`,
          }
        : { RepositoryType: 'S3', Location: `file://${code.path}` },
    ...(hasTags ? { Tags: { ...fn.tags } } : {}),
    ...(fn.reserved === null ? {} : { Concurrency: { ReservedConcurrentExecutions: fn.reserved } }),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export function getFunctionConfiguration(
  input: GetFunctionConfigurationRequest,
  ctx: LambdaContext,
): FunctionConfiguration {
  const { fn, version, arn } = targetFor(
    ctx,
    'GetFunctionConfiguration',
    input.FunctionName,
    input.Qualifier,
  );
  return configurationOf(fn, version, arn);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
export function listFunctions(
  input: ListFunctionsRequest,
  { state, account, region }: LambdaContext,
): ListFunctionsResponse {
  const own = `arn:aws:lambda:${region}:${account}:function:`;
  const all = [...state.functions.values()]
    .filter(({ arn }) => arn.startsWith(own))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const shown =
    input.FunctionVersion === 'ALL'
      ? all.flatMap((fn) =>
          [fn.latest, ...fn.published].map((version) =>
            configurationOf(fn, version, `${fn.arn}:${version.version}`),
          ),
        )
      : all.map((fn) => configurationOf(fn, fn.latest, fn.arn));
  const { items, ...page } = pageOf(shown, input);
  return { Functions: [...items], ...page };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html */
export function deleteFunction(input: DeleteFunctionRequest, ctx: LambdaContext): void {
  const { state } = ctx;
  const { fn, version, alias, arn } = targetFor(
    ctx,
    'DeleteFunction',
    input.FunctionName,
    input.Qualifier,
  );
  if (arn === fn.arn) {
    dropFunction(state, fn);
    sweepCodeLater(state);
    return;
  }
  if (alias !== undefined || version.version === '$LATEST') {
    throw invalid('$LATEST version cannot be deleted without deleting the function.');
  }
  const users = fn.aliases.filter(
    (each) => each.version === version.version || version.version in each.weights,
  );
  if (users.length > 0) {
    throw conflict(
      `Version ${version.version} is used by the alias ${users.map(({ name }) => name).join(', ')}.`,
    );
  }
  state.environments.retire(`${fn.arn}:${version.version}`);
  storeFunction(state, { ...fn, published: fn.published.filter((each) => each !== version) });
  sweepCodeLater(state);
}
