import { relative } from 'node:path';
import type { Command } from 'commander';
import { usageError } from '../../lib/rules/errors.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import type { StarterSteps } from '../../lib/starter/starter.ts';
import { addExamples, type CommandContext, collect, globalFlags, type Runner } from '../command.ts';
import { type InitFlags, readInitRequest } from './request.ts';

/** `pubsub init [folder]`: a project that runs as it is. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub init payments',
      'pubsub init payments --lang python --event-type payment.captured',
      'pubsub init stations --from weather --lang ruby',
      'pubsub init . --keep',
    ],
    'pubsub setup, in the folder',
  )
    .argument('[folder]', 'where to make it; this folder unless given')
    .option('--lang <language>', 'of handlers, publisher and test: ts, python or ruby')
    .option('--from <topology>', 'begin with a built-in topology, such as orders')
    .option('--topic <name>', 'of your own topology (default: <folder>-events)')
    .option('--subscriber <name>', 'of your own topology; may be repeated', collect)
    .option('--event-type <type>', 'of your own topology; may be repeated', collect)
    .option('--keep', 'leave files that are there, and write the others')
    .addHelpText(
      'after',
      'Asks on a terminal for what no flag says, unless --yes is given: then it is a\nTypeScript project with a topology of its own, named after the folder.\n',
    )
    .action((folder: string | undefined, flags: InitFlags) =>
      run(command, (context) => init(command, context, folder, flags)),
    );
}

async function init(
  command: Command,
  context: CommandContext,
  given: string | undefined,
  flags: InitFlags,
): Promise<undefined> {
  const { io, printer } = context;
  if (globalFlags(command).topology !== undefined) {
    throw usageError(
      '--topology names one that is there already.',
      'To begin with one that comes along: pubsub init --from orders',
    );
  }
  const { folder, request } = await readInitRequest(context, given, flags);
  const [{ planStarter }, { filesInTheWay, writeStarter }] = await Promise.all([
    import('../../lib/starter/plan-starter.ts'),
    import('../../lib/starter/write-starter.ts'),
  ]);
  const { topology, files, steps } = await planStarter(request);
  const kept = filesInTheWay(folder, files);
  const shown = relative(io.cwd, folder) || '.';
  if (kept.length > 0 && !flags.keep) throw inTheWay(shown, kept);
  const written = files.filter(({ path }) => !kept.includes(path));
  writeStarter(folder, written);
  const next = nextLines(shown, request.pubsub, steps);
  const { language, from } = request;
  printer.document({
    folder,
    topology,
    from: typeof from === 'string' ? from : null,
    language,
    files: written.map(({ path }) => path),
    kept,
    next,
    send: steps.send,
  });
  printer.text(`Made ${shown}: ${count(written.length)} for the topology ${topology}.`);
  if (kept.length > 0) printer.note(`Left as they were: ${kept.join(', ')}.`);
  printer.note('Next:');
  for (const line of next) printer.note(`  ${line}`);
  printer.note('and in another terminal, in the same folder:');
  printer.note(`  ${steps.send}`);
  return undefined;
}

function inTheWay(folder: string, paths: readonly string[]): Error {
  const [are, them] = paths.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const other = folder === '.' ? 'shop' : `${folder}-2`;
  return usageError(
    `${paths.join(', ')} ${are} in ${folder === '.' ? 'this folder' : folder} already.`,
    `Leave ${them} and write the rest with --keep, or name a new folder: pubsub init ${shellWord(other)}`,
    'FileExists',
  );
}

/** Command lines that make it run, in their order; the last one goes on until Ctrl-C. */
function nextLines(folder: string, pubsub: string, { install, test, run }: StarterSteps): string[] {
  const enter = folder === '.' ? [] : [`cd ${shellWord(folder)}`];
  return [...enter, ...install, test, `${pubsub} setup`, `${pubsub} ${run}`];
}

function count(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
