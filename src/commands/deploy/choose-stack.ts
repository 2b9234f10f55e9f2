import type { Command } from 'commander';
import type { Style } from '../../lib/definition/styles.ts';
import type { DeployedStack } from '../../lib/deploy/deployed-stack.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { readStyle } from './request.ts';

/** The stacks of the topology, and where they are. @param word a style, where only that one is meant. */
export async function stacksThere(
  context: CommandContext,
  word: string | undefined,
): Promise<{ readonly place: Place; readonly stacks: readonly DeployedStack[] }> {
  const style = word === undefined ? undefined : readStyle(word);
  const topology = await topologyFor(context);
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  const { deployedStacks } = await import('../../lib/deploy/deployed-stack.ts');
  const stacks = await reading(context, 'Reading the stacks', () =>
    deployedStacks(place.aws, topology),
  );
  return { place, stacks: stacks.filter((each) => style === undefined || each.style === style) };
}

/** The one stack that is meant. @throws AppError `StackNotFound`, or (exit 2) where there are several. */
export async function stackThere(
  command: Command,
  context: CommandContext,
  word: string | undefined,
): Promise<{ readonly place: Place; readonly deployed: DeployedStack }> {
  const { place, stacks } = await stacksThere(context, word);
  const [first, second] = stacks;
  if (first === undefined) throw noStack(command, place, word);
  if (second === undefined) return { place, deployed: first };
  throw severalStacks(command, 'Which stack?', stacks);
}

/** What is thrown (exit 2) where a topology has several stacks and none was named: with the command that names one. */
export function severalStacks(
  command: Command,
  question: string,
  stacks: readonly { readonly style: Style }[],
): AppError {
  const styles = stacks.map(({ style }) => style);
  return usageError(
    question,
    `There are: ${styles.join(', ')}. Such as: ${commandLine(command, `deploy ${command.name()} ${styles[0]}`)}`,
  );
}

/** What is thrown where a topology has no stack. */
function noStack(command: Command, { topology }: Place, word: string | undefined): AppError {
  return new AppError({
    code: 'StackNotFound',
    message: `The topology ${topology.name} is not deployed${word === undefined ? '' : ` as ${word}`}.`,
    hint: `Deploy it with: ${commandLine(command, `deploy ${word ?? 'serverless'}`)}`,
  });
}
