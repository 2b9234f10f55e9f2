import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { renderItems } from '../../lib/ui/items.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { chooseTable, notThere } from '../functions/choose.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { readWholeNumber } from '../whole-number.ts';

/** Items that are shown unless told: a screen and more. */
const DEFAULT_MAX = '100';

/** `pubsub tables scan [table]` */
export function defineScan(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub tables scan', 'pubsub tables scan Orders --max 1000', 'pubsub tables scan --json'],
    'pubsub tables get Orders O1234',
  )
    .argument('[table]', 'one of the topology; the only one unless given')
    .option('-n, --max <n>', 'show at most n items', DEFAULT_MAX)
    .action((word: string | undefined, flags: { readonly max: string }) =>
      run(command, (context) => {
        const max = readWholeNumber('--max', flags.max, [1], 'Such as --max 1000');
        return scan(command, context, word, max);
      }),
    );
}

async function scan(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  max: number,
): Promise<ExitCode> {
  const { printer } = context;
  const table = chooseTable(await topologyFor(context), word);
  const { aws } = await reading(context, undefined, () => connect(context));
  const { scanItems } = await import('../../lib/aws/items.ts');
  const { items, isAll } = await reading(context, 'Reading the table', async () => {
    const read: Readonly<Record<string, unknown>>[] = [];
    for await (const item of scanItems(aws, table.name)) {
      if (read.length === max) return { items: read, isAll: false };
      read.push(item);
    }
    return { items: read, isAll: true };
  }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'ResourceNotFoundException') throw error;
    throw notThere('table', table.name, commandLine(command, 'setup'));
  });
  printer.document({ table: table.key, name: table.name, items, all: isAll });
  if (items.length === 0) printer.text(`${table.name}: empty`);
  for (const line of renderItems(items, table.itemKey, printer.style, printer.columns)) {
    printer.text(line);
  }
  if (!isAll) printer.note('There are more: see --max.');
  return EXIT.done;
}
