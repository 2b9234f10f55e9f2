import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { stopEngineOf } from './engine.ts';

/** `pubsub platform down` */
export function defineDown(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform down', 'pubsub platform down --delete-data'],
    'pubsub platform up',
  )
    .option('--delete-data', 'delete databases, logs and secrets as well')
    .action((flags: { deleteData?: boolean }) =>
      run(command, (context) => takeDown(context, flags.deleteData ?? false)),
    );
}

/** Ends every process of the platform, and the local engine where that was started for it. */
export async function takeDown(
  { printer, settings }: CommandContext,
  deleteData: boolean,
): Promise<ExitCode> {
  const { stateDir } = settings;
  const [{ readPlatform, deletePlatform }, { stopPlatform }] = await Promise.all([
    import('../../lib/platform/run/record.ts'),
    import('../../lib/platform/run/down.ts'),
  ]);
  const record = readPlatform(stateDir);
  let killed: readonly string[] = [];
  if (record !== undefined) {
    const stuck = await stopPlatform(stateDir, record, (ended) => {
      for (const { name, pid } of ended) printer.note(`Stopped ${name} (pid ${pid})`);
    });
    killed = stuck.map(({ name }) => name);
    for (const name of killed) printer.warn(`${name} didn't end in time and was killed.`);
    if (record.ownsEngine) {
      await stopEngineOf(stateDir);
      printer.note('Stopped the local engine, which was started for it');
    }
  }
  if (deleteData) deletePlatform(stateDir);
  const stopped = record?.services.map(({ name }) => name) ?? [];
  printer.document({ stopped, killed, deleted: deleteData });
  if (record === undefined) printer.text('It was not running.');
  else printer.text(deleteData ? 'Stopped, and its data deleted.' : 'Stopped. Its data is kept.');
  return EXIT.done;
}
