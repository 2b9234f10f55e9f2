import type { Command } from 'commander';
import { STYLES, type Style } from '../../lib/definition/styles.ts';
import type { Destroyed } from '../../lib/deploy/destroy-stack.ts';
import type { Deployed } from '../../lib/deploy/read-deployed.ts';
import { AppError, EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import type { Place } from '../../lib/topology/inspect.ts';
import { heldWords, renderChanges } from '../../lib/ui/plan.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { resourceWord } from '../../lib/ui/stack.ts';
import { accountWords, targetDocument } from '../../lib/ui/target.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { severalStacks } from './choose-stack.ts';
import { sweepComparisons } from './compare-engine.ts';
import { holdOf } from './hold.ts';
import { readStyle } from './request.ts';
import { watchOf } from './watch.ts';

const NOTHING: Destroyed = { deleted: [], left: [], failure: undefined, remains: [] };

/** `pubsub deploy destroy [style]` */
export function defineDestroy(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub deploy destroy', 'pubsub deploy destroy --dry-run', 'pubsub deploy destroy --yes'],
    'pubsub deploy status',
  )
    .argument('[style]', 'of the stack, where there are several')
    .option('-n, --dry-run', 'show what would be deleted and delete nothing')
    .action((word: string | undefined, { dryRun = false }: { readonly dryRun?: boolean }) =>
      run(command, (context) => destroy(command, context, word, dryRun)),
    );
}

async function destroy(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  dryRun: boolean,
): Promise<ExitCode> {
  const { printer } = context;
  const wanted = word === undefined ? undefined : readStyle(word);
  if (context.settings.target.kind === 'local') await sweepComparisons(context, { dryRun });
  const topology = await topologyFor(context);
  const place: Place = { ...(await reading(context, undefined, () => connect(context))), topology };
  const found = await findDeployed(command, context, place, wanted);
  if (found === undefined) {
    printer.text('Nothing to delete.');
    print(context, place, NOTHING, dryRun);
    return EXIT.done;
  }
  const { deployed } = found;
  show(context, deployed);
  const { resources, tables, name } = deployed;
  if (dryRun) {
    const inStacks = resources.length + deployed.artifacts.resources.length;
    const count = inStacks + (resources.length === 0 ? tables.length : 0);
    printer.text(`Dry run: ${count} to delete. Nothing was changed.`);
    print(context, place, NOTHING, dryRun);
    return EXIT.done;
  }
  await ask(context, place, deployed);
  const { dropCode, stagingFolder } = await import('../../lib/deploy/stage-code.ts');
  const folder = stagingFolder(context.settings.stateDir, name);
  const release = await holdOf(context, folder);
  try {
    await carryOut(command, context, place, found);
    dropCode(folder);
  } finally {
    release();
  }
  return EXIT.done;
}

/** Deletes, looks again, and says what came of it. @throws AppError `DestroyFailed` */
async function carryOut(
  command: Command,
  context: CommandContext,
  place: Place,
  { style, deployed }: { readonly style: Style; readonly deployed: Deployed },
): Promise<void> {
  const { printer } = context;
  const { name } = deployed;
  const progress = printer.progress(`Deleting ${name}`);
  const { destroyDeployed } = await import('../../lib/deploy/destroy-stack.ts');
  const result = await destroyDeployed(
    place.aws,
    { topology: place.topology, style },
    deployed,
    // Which are the tables: CloudFormation leaves them, and they are deleted when it is done.
    watchOf(context, 'is deleted last'),
  ).catch((error: unknown) => {
    progress.failed(`To go on: ${commandLine(command, `deploy destroy ${style}`)}`);
    throw error;
  });
  if (result.left.length > 0 || result.failure !== undefined) {
    progress.clear();
    throw new AppError({
      code: 'DestroyFailed',
      message: `${result.failure ?? 'Not everything is deleted.'} Still there: ${result.left.join(', ') || name}.`,
      hint: `To go on, fix the cause and run: ${commandLine(command, `deploy destroy ${style}`)}`,
    });
  }
  progress.done(`${result.deleted.length} deleted; read again, and nothing of ${name} is left.`);
  if (result.remains.length > 0) printer.text('Outside of the stacks, AWS still has:');
  for (const { name: what, command: removal } of result.remains) {
    printer.text(`  ${what}`);
    printer.text(`    ${removal}`);
  }
  print(context, place, result, false);
}

/** The deployment that is meant. @throws AppError (exit 2) where there are several. */
async function findDeployed(
  command: Command,
  context: CommandContext,
  { aws, topology }: Place,
  wanted: Style | undefined,
): Promise<{ readonly style: Style; readonly deployed: Deployed } | undefined> {
  const { readDeployed } = await import('../../lib/deploy/read-deployed.ts');
  const styles = wanted === undefined ? STYLES : [wanted];
  const all = await reading(context, 'Reading what is there', () =>
    Promise.all(
      styles.map(async (style) => ({ style, deployed: await readDeployed(aws, topology, style) })),
    ),
  );
  const there = all.filter(
    ({ deployed: { stack, tables, artifacts } }) =>
      stack !== undefined || tables.length > 0 || artifacts.stack !== undefined,
  );
  const [first, second] = there;
  if (second === undefined) return first;
  throw severalStacks(command, 'Delete which one?', there);
}

function show(
  { printer }: CommandContext,
  { name, stack, resources, tables, artifacts }: Deployed,
): void {
  const lines = renderChanges(
    [
      ...(stack === undefined ? [] : [{ action: 'delete' as const, type: 'stack', name }]),
      ...resources
        .filter(({ type }) => type !== 'AWS::DynamoDB::Table')
        .map(({ type, name: resource, messages }) => ({
          action: 'delete' as const,
          type: resourceWord(type),
          name: resource,
          remark: heldWords('message', messages),
        })),
      ...tables.map((table) => ({
        action: 'delete' as const,
        type: 'table',
        name: table.name,
        remark: heldWords('item', table.items),
      })),
      ...(artifacts.stack === undefined
        ? []
        : [{ name: artifacts.name, type: 'AWS::CloudFormation::Stack' }, ...artifacts.resources]
      ).map(({ type, name: resource }) => ({
        action: 'delete' as const,
        type: resourceWord(type),
        name: resource,
      })),
    ],
    printer.style,
  );
  for (const line of lines) printer.text(line);
}

async function ask(
  { io, printer, yes }: CommandContext,
  { identity }: Place,
  { name, tables, resources }: Deployed,
): Promise<void> {
  if (yes) return;
  const full = tables.filter(({ items }) => items > 0).map((each) => each.name);
  const messages = resources.reduce((sum, each) => sum + each.messages, 0);
  const lost = [
    ...(messages > 0 ? [`about ${messages} ${messages === 1 ? 'message' : 'messages'}`] : []),
    ...(full.length > 0 ? [`all items of ${full.join(', ')}`] : []),
  ];
  const data = lost.length > 0 ? `, and ${lost.join(' and ')}` : '';
  const where = `${identity.target}, ${accountWords(identity)}`;
  if (await confirm(io, printer, `Delete the stack ${name}${data} (${where})?`)) return;
  throw new AppError({ code: 'Declined', message: 'Nothing was deleted.' });
}

function print(
  { printer }: CommandContext,
  { identity, topology }: Place,
  { deleted, left, remains }: Destroyed,
  dryRun: boolean,
): void {
  printer.document({
    ...targetDocument(identity),
    topology: topology.name,
    deleted,
    remaining: left,
    outside: remains,
    verified: left.length === 0 && !dryRun,
    dryRun,
  });
}
