import { basename } from 'node:path';
import type { Command } from 'commander';
import { usageError } from '../../lib/rules/errors.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import {
  COMPLETION_SHELLS,
  type CompletionShell,
  completionScript,
} from '../../lib/ui/completion.ts';
import { addExamples, type PlainContext, type Runner } from '../command.ts';
import { installCompletion } from './install.ts';

/** `pubsub completion [shell]`: a script for the shell to load, or to install. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub completion --install          # for the shell that you use, to stay',
      'source <(pubsub completion bash)     # for this shell alone',
      'pubsub completion fish | source',
    ],
    'pubsub listen <Tab>',
  )
    .argument('[shell]', `${COMPLETION_SHELLS.join(', ')}; yours (SHELL) with --install`)
    .option('--install', 'write it where new shells find it, after asking')
    .addHelpText(
      'after',
      'At each Tab the script asks pubsub: for commands and flags, and for subscribers,\ntopics and event types of the nearest pubsub.yaml. It only reads files, and a\nnew version of pubsub needs no new script. bash and zsh need a line in\n~/.bashrc or ~/.zshrc that loads it: --install writes the script and the line.\nfish finds the script by itself.\n',
    )
    .action((word: string | undefined, { install }: { readonly install?: boolean }) =>
      run.plain(command, async (context) => {
        if (install) return installCompletion(context, shellNamed(word ?? ownShell(context)));
        print(context, shellNamed(word ?? ''));
        return undefined;
      }),
    );
}

function print({ io, printer }: PlainContext, shell: CompletionShell): void {
  const script = completionScript(shell);
  printer.document({ shell, script });
  printer.text(script.trimEnd());
  if (io.stdout.isTTY) printer.note(`To keep it: pubsub completion ${shell} --install`);
}

function ownShell({ io }: PlainContext): string {
  return basename(io.env.SHELL ?? '');
}

/** @throws AppError (exit 2) for a shell that there is no script for. */
function shellNamed(word: string): CompletionShell {
  const known = COMPLETION_SHELLS.find((name) => name === word);
  if (known !== undefined) return known;
  const near = nearest(word, COMPLETION_SHELLS);
  throw usageError(
    word === ''
      ? 'Which shell is it for?'
      : `No completion for shell "${word}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Shells: ${COMPLETION_SHELLS.join(', ')}. Such as: pubsub completion bash`,
    word === '' ? 'MissingShell' : 'UnknownShell',
  );
}
