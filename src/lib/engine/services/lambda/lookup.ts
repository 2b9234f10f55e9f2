import type { RequestContext } from '../../action.ts';
import { constraint, invalid, noFunction, notFound } from './errors.ts';
import type { FunctionAlias, FunctionVersion, LambdaFunction } from './function.ts';
import type { LambdaState } from './state.ts';

/** A function as a caller names it: by name, partial ARN or ARN, with or without a version or alias. */
export interface FunctionAddress {
  readonly arn: string;
  readonly name: string;
  /** `$LATEST`, a number or an alias; undefined where none is named. */
  readonly qualifier: string | undefined;
}

/** What `FunctionName` may be (API model, `NamespacedFunctionName`). */
const ADDRESS =
  /^(?:arn:aws[a-z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([A-Za-z0-9_-]+)(?::(\$LATEST|[A-Za-z0-9_-]+))?$/;

/** Caller or owner. */
type Place = Pick<RequestContext, 'account' | 'region'>;

/** @throws ServiceError `ValidationException`, `InvalidParameterValueException` for two qualifiers that differ. */
export function addressOf(place: Place, text = '', qualifier?: string): FunctionAddress {
  const found = ADDRESS.exec(text);
  if (found === null || text.length > 256) {
    throw constraint(
      'functionName',
      text,
      'satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?',
    );
  }
  const [, region = place.region, account = place.account, name = '', inName] = found;
  if (inName !== undefined && qualifier !== undefined && inName !== qualifier) {
    throw invalid(
      'The derived qualifier from the function name does not match the specified qualifier.',
    );
  }
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return { arn, name, qualifier: qualifier ?? inName };
}

/** A function, and the version that a caller means. */
export interface FunctionTarget {
  readonly fn: LambdaFunction;
  readonly version: FunctionVersion;
  readonly alias: FunctionAlias | undefined;
  /** As it was asked for, with the qualifier where one was named. */
  readonly arn: string;
}

/** @throws ServiceError `ResourceNotFoundException` */
export function functionAt(
  state: Pick<LambdaState, 'functions'>,
  { arn, qualifier }: FunctionAddress,
): LambdaFunction {
  const fn = state.functions.get(arn);
  if (fn === undefined) throw noFunction(qualifier === undefined ? arn : `${arn}:${qualifier}`);
  return fn;
}

/** @throws ServiceError `ResourceNotFoundException`, `ValidationException`, `InvalidParameterValueException` */
export function functionNamed(
  state: Pick<LambdaState, 'functions'>,
  place: Place,
  name: string | undefined,
): LambdaFunction {
  return functionAt(state, addressOf(place, name));
}

/** The version that a name and qualifier lead to. @throws ServiceError `ResourceNotFoundException` and those of `addressOf` */
export function targetNamed(
  state: Pick<LambdaState, 'functions'>,
  place: Place,
  name: string | undefined,
  qualifier?: string,
): FunctionTarget {
  return targetAt(state, addressOf(place, name, qualifier));
}

/** @throws ServiceError `ResourceNotFoundException` */
export function targetAt(
  state: Pick<LambdaState, 'functions'>,
  address: FunctionAddress,
): FunctionTarget {
  const fn = functionAt(state, address);
  const { qualifier } = address;
  if (qualifier === undefined) return { fn, version: fn.latest, alias: undefined, arn: fn.arn };
  const arn = `${fn.arn}:${qualifier}`;
  const alias = fn.aliases.find(({ name }) => name === qualifier);
  const version = versionOf(fn, alias?.version ?? qualifier);
  if (version === undefined) throw noFunction(arn);
  return { fn, version, alias, arn };
}

/** A version by its number or `$LATEST`. */
export function versionOf(fn: LambdaFunction, version: string): FunctionVersion | undefined {
  return version === '$LATEST' ? fn.latest : fn.published.find((each) => each.version === version);
}

/** The version that runs an invocation: an alias with weights leads to another one as often as they say. */
export function routedVersion({ fn, alias, version }: FunctionTarget): FunctionVersion {
  let draw = Math.random();
  for (const [other, share] of Object.entries(alias?.weights ?? {})) {
    if (draw < share) return versionOf(fn, other) ?? version;
    draw -= share;
  }
  return version;
}

/** @throws ServiceError `ResourceNotFoundException` */
export function aliasNamed(fn: LambdaFunction, name = ''): FunctionAlias {
  const alias = fn.aliases.find((each) => each.name === name);
  if (alias === undefined) throw notFound(`Cannot find alias arn: ${fn.arn}:${name}`);
  return alias;
}
