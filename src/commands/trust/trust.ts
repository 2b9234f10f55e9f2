import { resolve } from 'node:path';
import type { Command } from 'commander';
import { findProjectFile } from '../../lib/config/files.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';

interface TrustFlags {
  readonly remove?: boolean;
}

/** `pubsub trust [file]`: agrees to where a project's file sends requests. Calls nobody. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub trust', 'pubsub trust ../pubsub.yaml --yes', 'pubsub trust --remove'],
    'pubsub whoami',
  )
    .argument('[file]', 'the nearest pubsub.yaml unless given')
    .option('--remove', 'take it back')
    .addHelpText(
      'after',
      'Commands ask for it once when a pubsub.yaml sends requests to another machine\n(target, endpointUrl, profile) or belongs to another user, and again when that\nchanges.\n',
    )
    .action((file: string | undefined, flags: TrustFlags) =>
      run(command, (context) => agree(context, file, flags)),
    );
}

async function agree(
  context: CommandContext,
  file: string | undefined,
  { remove = false }: TrustFlags,
): Promise<ExitCode> {
  const { io, printer, settings } = context;
  const path = file === undefined ? findProjectFile(io.cwd) : resolve(io.cwd, file);
  if (path === undefined) {
    throw usageError(
      'There is no pubsub.yaml here or above.',
      'Name it: pubsub trust <file>',
      'NoFile',
    );
  }
  const [{ revokeTrust, trust }, { readTopologyFile }] = await Promise.all([
    import('../../lib/config/trust.ts'),
    import('../../lib/config/topology-file.ts'),
  ]);
  if (remove) {
    const had = revokeTrust(path, settings.configDir);
    printer.document({ path, trusted: false });
    printer.text(had ? `${path} is not trusted any more.` : `${path} was not trusted.`);
    return EXIT.done;
  }
  const { target, endpointUrl, profile } = readTopologyFile(path);
  const said = Object.entries({ target, endpointUrl, profile }).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key}: ${value}`],
  );
  printer.note(path);
  for (const line of said) printer.note(line);
  if (said.length === 0) printer.note('  It names no target, endpoint or profile.');
  if (!context.yes && !(await confirm(io, printer, 'Let commands follow it?'))) {
    throw new AppError({ code: 'Declined', message: 'Nothing was changed.' });
  }
  trust(path, { target, endpointUrl, profile }, settings.configDir);
  printer.document({ path, trusted: true });
  printer.text(`${path} is trusted, as long as it says that.`);
  return EXIT.done;
}
