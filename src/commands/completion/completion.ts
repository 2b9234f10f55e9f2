import { Command } from 'commander';
import type { Settings } from '../../lib/config/settings.ts';
import { TARGET_NAMES } from '../../lib/config/target.ts';
import { knownTopologyNames, topologyOf } from '../../lib/config/topology.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { IAM_ROLES } from '../../lib/topology/iam/statement.ts';
import { COMPLETION_SHELLS, type CommandWords, completionScript } from '../../lib/ui/completion.ts';
import { addExamples, addGlobalOptions, type Runner } from '../command.ts';
import { COMMANDS } from '../index.ts';

/** `pubsub completion <shell>`: a script for the shell to load. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'source <(pubsub completion bash)',
      'pubsub completion zsh > ~/.zfunc/_pubsub',
      'pubsub completion fish > ~/.config/fish/completions/pubsub.fish',
    ],
    'pubsub demo',
  )
    .argument('<shell>', COMPLETION_SHELLS.join(', '))
    .action((shell: string) =>
      run(command, async ({ printer, settings }) => {
        const known = COMPLETION_SHELLS.find((name) => name === shell);
        if (!known) {
          throw usageError(
            `No completion for shell "${shell}".`,
            `Shells: ${COMPLETION_SHELLS.join(', ')}.`,
            'UnknownShell',
          );
        }
        const script = completionScript(known, await commandWords(await valuesOf(settings)));
        printer.document({ shell: known, script });
        printer.text(script);
        return undefined;
      }),
    );
}

type Values = Readonly<Record<string, readonly string[]>>;

/** Words that an argument or option takes, by its name in the usage. */
async function valuesOf(settings: Settings): Promise<Values> {
  const { subscribers, events, functions, tables } = await topologyOf(settings);
  return {
    subscriber: [...subscribers.map(({ name }) => name), 'all'],
    'event-type': Object.keys(events),
    function: functions.map(({ key }) => key),
    table: tables.map(({ key }) => key),
    role: IAM_ROLES,
    shell: COMPLETION_SHELLS,
    '--event-type': Object.keys(events),
    '--target': TARGET_NAMES,
    '--topology': knownTopologyNames(settings),
  };
}

async function commandWords(values: Values): Promise<CommandWords[]> {
  return Promise.all(
    COMMANDS.map(async (entry) => {
      const command = new Command(entry.name).description(entry.summary);
      (await entry.load()).define(command, async () => {});
      addGlobalOptions(command);
      const subcommands = command.commands.map((child) => child.name());
      return {
        name: entry.name,
        summary: entry.summary,
        words: [
          ...new Set([
            ...subcommands,
            ...[command, ...command.commands]
              .flatMap((level) => level.registeredArguments)
              .flatMap((argument) => values[argument.name()] ?? []),
          ]),
        ],
        options: [command, ...command.commands].flatMap((level) =>
          level.options.map(({ long, description }) => ({
            flag: long ?? '',
            description,
            values: values[long ?? ''] ?? [],
          })),
        ),
      };
    }),
  );
}
