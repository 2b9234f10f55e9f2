import { randomUUID } from 'node:crypto';
import type {
  AliasConfiguration,
  CreateAliasRequest,
  DeleteAliasRequest,
  FunctionConfiguration,
  GetAliasRequest,
  ListAliasesRequest,
  ListAliasesResponse,
  ListVersionsByFunctionRequest,
  ListVersionsByFunctionResponse,
  PublishVersionRequest,
  UpdateAliasRequest,
} from '@aws-sdk/client-lambda';
import { functionFor } from '../authorize.ts';
import { configurationOf } from '../configuration.ts';
import type { LambdaContext } from '../context.ts';
import { conflict, constraint, invalid, noFunction, outdatedRevision } from '../errors.ts';
import type { FunctionAlias, LambdaFunction } from '../function.ts';
import { aliasNamed, versionOf } from '../lookup.ts';
import { pageOf } from '../pages.ts';
import { checkDescription } from '../settings.ts';
import { storeFunction } from '../state.ts';
import { publish } from '../versions.ts';
import { checkRevision } from './update-function.ts';

const ALIAS_NAME = /^(?!^[0-9]+$)[a-zA-Z0-9-_]{1,128}$/;

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html */
export function publishVersion(
  input: PublishVersionRequest,
  ctx: LambdaContext,
): FunctionConfiguration {
  const fn = functionFor(ctx, 'PublishVersion', input.FunctionName);
  checkRevision(fn, input.RevisionId);
  const { code } = fn.latest;
  if (input.CodeSha256 !== undefined && code.kind === 'zip' && input.CodeSha256 !== code.sha256) {
    throw invalid(
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${code.sha256}). Please try again with the CodeSHA256 in $LATEST.`,
    );
  }
  checkDescription(input.Description ?? '');
  const { after, version } = publish(fn, ctx.clock.timestamp(), input.Description);
  storeFunction(ctx.state, after);
  return configurationOf(after, version, `${fn.arn}:${version.version}`);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html */
export function listVersionsByFunction(
  input: ListVersionsByFunctionRequest,
  ctx: LambdaContext,
): ListVersionsByFunctionResponse {
  const fn = functionFor(ctx, 'ListVersionsByFunction', input.FunctionName);
  const all = [fn.latest, ...fn.published].map((version) =>
    configurationOf(fn, version, `${fn.arn}:${version.version}`),
  );
  const { items, ...page } = pageOf(all, input);
  return { Versions: [...items], ...page };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html */
export function createAlias(input: CreateAliasRequest, ctx: LambdaContext): AliasConfiguration {
  const fn = functionFor(ctx, 'CreateAlias', input.FunctionName);
  const { Name: name = '' } = input;
  if (!ALIAS_NAME.test(name)) {
    throw constraint(
      'name',
      name,
      'satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)',
    );
  }
  if (fn.aliases.some((each) => each.name === name)) {
    throw conflict(`Alias already exists: ${fn.arn}:${name}`);
  }
  const before = { name, version: '', description: '', weights: {}, revisionId: '' };
  const alias = changeAlias(fn, before, input);
  storeFunction(ctx.state, { ...fn, aliases: [...fn.aliases, alias] });
  return aliasView(fn, alias);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html */
export function updateAlias(input: UpdateAliasRequest, ctx: LambdaContext): AliasConfiguration {
  const fn = functionFor(ctx, 'UpdateAlias', input.FunctionName);
  const before = aliasNamed(fn, input.Name);
  if (input.RevisionId !== undefined && input.RevisionId !== before.revisionId) {
    throw outdatedRevision();
  }
  const alias = changeAlias(fn, before, input);
  const aliases = fn.aliases.map((each) => (each === before ? alias : each));
  storeFunction(ctx.state, { ...fn, aliases });
  return aliasView(fn, alias);
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html */
export function getAlias(input: GetAliasRequest, ctx: LambdaContext): AliasConfiguration {
  const fn = functionFor(ctx, 'GetAlias', input.FunctionName);
  return aliasView(fn, aliasNamed(fn, input.Name));
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html */
export function deleteAlias(input: DeleteAliasRequest, ctx: LambdaContext): void {
  const fn = functionFor(ctx, 'DeleteAlias', input.FunctionName);
  const aliases = fn.aliases.filter(({ name }) => name !== input.Name);
  storeFunction(ctx.state, { ...fn, aliases });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html */
export function listAliases(input: ListAliasesRequest, ctx: LambdaContext): ListAliasesResponse {
  const fn = functionFor(ctx, 'ListAliases', input.FunctionName);
  const wanted = fn.aliases.filter(
    ({ version }) => input.FunctionVersion === undefined || version === input.FunctionVersion,
  );
  const { items, ...page } = pageOf(wanted, input);
  return { Aliases: items.map((alias) => aliasView(fn, alias)), ...page };
}

/** @throws ServiceError `ResourceNotFoundException`, `InvalidParameterValueException` */
function changeAlias(
  fn: LambdaFunction,
  before: FunctionAlias,
  input: Omit<UpdateAliasRequest, 'FunctionName' | 'Name'>,
): FunctionAlias {
  checkDescription(input.Description ?? '');
  const weights = input.RoutingConfig?.AdditionalVersionWeights;
  const after: FunctionAlias = {
    ...before,
    version: input.FunctionVersion ?? before.version,
    description: input.Description ?? before.description,
    weights: input.RoutingConfig === undefined ? before.weights : { ...weights },
    revisionId: randomUUID(),
  };
  for (const version of [after.version, ...Object.keys(after.weights)]) {
    if (versionOf(fn, version) === undefined) throw noFunction(`${fn.arn}:${version}`);
  }
  const shares = Object.values(after.weights);
  if (shares.length > 1 || shares.some((share) => !(share >= 0 && share <= 1))) {
    throw invalid('An alias can route to one more version, with a weight between 0 and 1.');
  }
  if (shares.length > 0 && after.version === '$LATEST') {
    throw invalid('$LATEST is not supported for an alias pointing to more than 1 version');
  }
  return after;
}

function aliasView(fn: LambdaFunction, alias: FunctionAlias): AliasConfiguration {
  return {
    AliasArn: `${fn.arn}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    ...(Object.keys(alias.weights).length === 0
      ? {}
      : { RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } } }),
    RevisionId: alias.revisionId,
  };
}
