import type { FunctionSpec, TableSpec, Topology } from '../../lib/definition/topology.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';

/**
 * The function that a command works on.
 * @param wanted its key or name; the only one unless given. @throws AppError (exit 2) with the nearest one.
 */
export function chooseFunction(
  { name, functions }: Topology,
  wanted: string | undefined,
): FunctionSpec {
  return choose('function', name, functions, wanted);
}

/** The table that a command works on: as `chooseFunction`. */
export function chooseTable({ name, tables }: Topology, wanted: string | undefined): TableSpec {
  return choose('table', name, tables, wanted);
}

function choose<T extends { readonly key: string; readonly name: string }>(
  kind: 'function' | 'table',
  topology: string,
  among: readonly T[],
  wanted: string | undefined,
): T {
  const keys = among.map(({ key }) => key);
  const [first, second] = among;
  if (first === undefined) {
    const article = kind === 'function' ? 'functions' : 'tables';
    throw usageError(
      `The topology ${topology} has no ${article}.`,
      `Name another one, such as --topology order-notifications, or add ${article} to pubsub.yaml.`,
      kind === 'function' ? 'NoFunctions' : 'NoTables',
    );
  }
  if (wanted === undefined) {
    if (second === undefined) return first;
    throw usageError(`Which ${kind}?`, `There are: ${keys.join(', ')}.`);
  }
  const found = among.find(({ key, name }) => key === wanted || name === wanted);
  if (found !== undefined) return found;
  const near = nearest(wanted, keys);
  throw usageError(
    `Unknown ${kind} "${wanted}".${near ? ` Did you mean "${near}"?` : ''}`,
    `There are: ${keys.join(', ')}.`,
    kind === 'function' ? 'UnknownFunction' : 'UnknownTable',
  );
}

/** @returns what is thrown where a function or table isn't there yet. @param setup the command that makes it. */
export function notThere(kind: 'function' | 'table', name: string, setup: string): AppError {
  return new AppError({
    code: kind === 'function' ? 'FunctionNotFound' : 'TableNotFound',
    message: `There is no ${kind} "${name}".`,
    hint: `Create it with: ${setup}`,
  });
}
