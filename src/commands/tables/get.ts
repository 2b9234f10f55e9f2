import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { renderItem } from '../../lib/ui/items.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { chooseTable } from '../functions/choose.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';

/** `pubsub tables get <table> <key> [range]` */
export function defineGet(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub tables get Orders O1234', 'pubsub tables get Orders O1234 --json'],
    'pubsub tables scan',
  )
    .argument('<table>', 'one of the topology')
    .argument('<key>', 'the value of its key attribute')
    .argument('[range]', 'the value of its range attribute, where it has one')
    .action((word: string, key: string, range: string | undefined) =>
      run(command, (context) => get(command, context, word, [key, range])),
    );
}

async function get(
  command: Command,
  context: CommandContext,
  word: string,
  [hashValue, rangeValue]: readonly [string, string | undefined],
): Promise<ExitCode> {
  const { printer } = context;
  const { key, name, itemKey } = chooseTable(await topologyFor(context), word);
  const { hash, range } = itemKey;
  if (range !== undefined && rangeValue === undefined) {
    throw usageError(
      `The items of ${key} have two keys, ${hash.name} and ${range.name}.`,
      `Such as: pubsub tables get ${key} ${hashValue} VALUE`,
    );
  }
  if (range === undefined && rangeValue !== undefined) {
    throw usageError(`The items of ${key} have one key, ${hash.name}.`, 'Leave the second out.');
  }
  const parts = [
    { attribute: hash, value: hashValue },
    ...(range && rangeValue !== undefined ? [{ attribute: range, value: rangeValue }] : []),
  ];
  const wrong = parts.find(
    ({ attribute, value }) => attribute.type === 'N' && !/^-?\d+(\.\d+)?$/.test(value),
  );
  if (wrong) {
    throw usageError(`${wrong.attribute.name} is a number, not "${wrong.value}".`, 'Such as: 42');
  }
  const { aws } = await reading(context, undefined, () => connect(context));
  const { getItem } = await import('../../lib/aws/items.ts');
  const item = await reading(context, 'Reading the table', () => getItem(aws, name, parts));
  if (item === undefined) {
    const values = parts.map(({ attribute, value }) => `${attribute.name} ${value}`).join(', ');
    throw new AppError({
      code: 'ItemNotFound',
      message: `There is no item with ${values} in "${name}".`,
      hint: `See what is there with: ${commandLine(command, `tables scan ${key}`)}`,
    });
  }
  printer.document({ table: key, name, item });
  for (const line of renderItem(item, itemKey, printer.style)) printer.text(line);
  return EXIT.done;
}
