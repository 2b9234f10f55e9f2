import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Topology } from '../../lib/definition/topology.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { targetDocument } from '../../lib/ui/target.ts';
import type { CommandContext } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { type Connection, connect } from '../connect.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { DESCRIBED, TAGGED } from './write.ts';

/**
 * Tags what a topology describes as ours, after asking. Its settings stay as they are.
 * @returns the topology as one that setup and cleanup may change. @throws AppError `Declined`.
 */
export async function manageExisting(
  context: CommandContext,
  connection: Connection,
  topology: Topology,
): Promise<Topology> {
  const { io, printer } = context;
  const [{ inspect }, { resourcesOf, tagAsOurs }] = await Promise.all([
    import('../../lib/topology/inspect.ts'),
    import('../../lib/topology/tag-as-ours.ts'),
  ]);
  const managed = { ...topology, managed: true };
  const place = { ...connection, topology: managed };
  const observed = await reading(context, 'Reading what is there', () =>
    inspect(place, { subscriptionAttributes: false }),
  );
  const resources = resourcesOf(managed, observed);
  for (const { type, name } of resources) printer.note(`  ${type} ${name}`);
  const question = `Tag these ${resources.length} as yours? Setup then changes them, and cleanup deletes them.`;
  if (!context.yes && !(await confirm(io, printer, question))) {
    throw new AppError({ code: 'Declined', message: 'Nothing was changed.' });
  }
  const progress = printer.progress(`Tagging ${resources.length}`);
  try {
    await tagAsOurs(place, observed);
    progress.done(`Tagged ${resources.length} as yours.`);
  } catch (error) {
    progress.failed('Not all were tagged; the same command finishes it.');
    throw error;
  }
  return managed;
}

/** Makes what the project's file describes ours: tags it, and says so in the file. */
export async function manageProject(command: Command, context: CommandContext): Promise<ExitCode> {
  const { printer, settings } = context;
  const topology = await topologyFor(context);
  const { path } = settings.project;
  if (topology.managed || path === '') {
    throw usageError(
      `The topology "${topology.name}" is yours already.`,
      `Describe what others made with: ${commandLine(command, 'adopt payments')}`,
      'AlreadyManaged',
    );
  }
  const connection = await reading(context, undefined, () => connect(context));
  const managed = await manageExisting(context, connection, topology);
  const { writeTopologyFile } = await import('../../lib/config/save-topology.ts');
  const text = readFileSync(path, 'utf8')
    .replace(/^managed:[ \t]*false\b/m, 'managed: true')
    .replace(`# ${DESCRIBED}`, `# ${TAGGED}`);
  writeTopologyFile(path, text, { overwrite: true });
  printer.document({
    ...targetDocument(connection.identity),
    path,
    topology: managed.name,
    managed: true,
  });
  printer.text(`${path} says "managed: true" now.`);
  printer.note(`Next: ${commandLine(command, 'setup --dry-run')}`);
  return EXIT.done;
}
