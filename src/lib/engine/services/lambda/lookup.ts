import { addressOf, type FunctionAddress, type Place } from './address.ts';
import { noFunction, notFound } from './errors.ts';
import type { FunctionAlias, FunctionVersion, LambdaFunction } from './function.ts';
import type { LambdaState } from './state.ts';

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
