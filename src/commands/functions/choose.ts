import type { Aws } from '../../lib/aws/clients.ts';
import type { FunctionSpec, TableSpec, Topology } from '../../lib/definition/topology.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { FUNCTION_NAME, logGroupOf } from '../../lib/rules/functions.ts';
import { parseArn } from '../../lib/rules/names.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { CommandContext } from '../command.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';

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
      `Add ${article} to pubsub.yaml, or begin with: pubsub init --from order-notifications`,
      kind === 'function' ? 'NoFunctions' : 'NoTables',
    );
  }
  if (wanted === undefined) {
    if (second === undefined) return first;
    throw usageError(`Which ${kind}?`, `There are: ${keys.join(', ')}.`);
  }
  const found = among.find(({ key, name }) => key === wanted || name === wanted);
  if (found !== undefined) return found;
  throw unknown(kind, wanted, keys);
}

function unknown(kind: 'function' | 'table', wanted: string, known: readonly string[]): AppError {
  const near = nearest(wanted, known);
  return usageError(
    `Unknown ${kind} "${shownText(wanted)}".${near ? ` Did you mean "${near}"?` : ''}`,
    `There are: ${known.join(', ')}.`,
    kind === 'function' ? 'UnknownFunction' : 'UnknownTable',
  );
}

/** A function that a command works on: of the topology, or another one of the target. */
export interface ChosenFunction {
  /** Its key; its name where it is not of the topology. */
  readonly key: string;
  readonly name: string;
  /** What the topology says of it; undefined where it is another one. */
  readonly spec: FunctionSpec | undefined;
}

/**
 * The function that a command works on: as `chooseFunction`, and by its name or ARN any other one of the target, also
 * one that is gone and left its log.
 * @throws AppError (exit 2) with the nearest one, or with what there is.
 */
export async function functionOnTarget(
  context: CommandContext,
  topology: Topology,
  wanted: string | undefined,
): Promise<ChosenFunction> {
  try {
    const spec = chooseFunction(topology, wanted);
    return { key: spec.key, name: spec.name, spec };
  } catch (error) {
    const isElsewhere =
      error instanceof AppError && ['UnknownFunction', 'NoFunctions'].includes(error.code);
    if (!isElsewhere) throw error;
    const { aws } = await reading(context, undefined, () => connect(context));
    return reading(context, 'Looking for the function', async () => {
      const name = wanted === undefined ? undefined : nameIn(wanted);
      if (name !== undefined && (await isThere(aws, name)))
        return { key: name, name, spec: undefined };
      throw (await unknownOnTarget(aws, topology, wanted)) ?? error;
    });
  }
}

/** The function's name in a name or an ARN; undefined where it can be neither. */
function nameIn(word: string): string | undefined {
  const name = word.startsWith('arn:') ? (parseArn(word)?.resource.split(':')[1] ?? '') : word;
  return FUNCTION_NAME.test(name) ? name : undefined;
}

async function isThere(aws: Aws, name: string): Promise<boolean> {
  const [{ getFunction }, { getLogGroup }] = await Promise.all([
    import('../../lib/aws/functions.ts'),
    import('../../lib/aws/function-logs.ts'),
  ]);
  if ((await getFunction(aws, name)) !== undefined) return true;
  return (await getLogGroup(aws, logGroupOf(name))) !== undefined;
}

/** What is thrown where the target has functions, and none of that name; undefined where it has none at all. */
async function unknownOnTarget(
  aws: Aws,
  { name, functions }: Topology,
  wanted: string | undefined,
): Promise<AppError | undefined> {
  const { listFunctionNames } = await import('../../lib/aws/functions.ts');
  const there = await listFunctionNames(aws);
  const known = [...new Set([...functions.map(({ key }) => key), ...there])];
  if (known.length === 0) return undefined;
  if (wanted === undefined) {
    return usageError(
      `The topology ${name} has no functions.`,
      `Add them to pubsub.yaml. logs and invoke take those of the target too: ${known.join(', ')}.`,
      'NoFunctions',
    );
  }
  return unknown('function', wanted, known);
}

/** @returns what is thrown where a function or table isn't there yet. @param setup the command that makes it. */
export function notThere(kind: 'function' | 'table', name: string, setup: string): AppError {
  return new AppError({
    code: kind === 'function' ? 'FunctionNotFound' : 'TableNotFound',
    message: `There is no ${kind} "${name}".`,
    hint: `Create it with: ${setup}`,
  });
}
