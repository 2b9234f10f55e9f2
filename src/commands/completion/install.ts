import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dataDirectory, type Env, homeOf } from '../../lib/config/folders.ts';
import { makeFolder } from '../../lib/process/make-folder.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { shellWord } from '../../lib/rules/text/command-words.ts';
import { fileProblem } from '../../lib/rules/text/file-problem.ts';
import { type CompletionShell, completionScript } from '../../lib/ui/completion.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import type { PlainContext } from '../command.ts';

/** Where a shell's script goes, and the file that has to load it; none where the shell finds it by itself. */
interface Places {
  readonly file: string;
  readonly startup: string | undefined;
}

/**
 * Writes a shell's script, and a line that loads it, after asking. A second time changes nothing.
 * @throws AppError `Declined`, `ConfirmationNeeded` (exit 2) where nobody can be asked, `UnwritableFile`.
 */
export async function installCompletion(
  { io, printer, yes }: PlainContext,
  shell: CompletionShell,
): Promise<undefined> {
  const { file, startup } = placesOf(shell, io.env);
  const script = completionScript(shell);
  const line = `. ${shellWord(file)}  # completion of pubsub`;
  const needsScript = textOf(file) !== script;
  const needsLine = startup !== undefined && !textOf(startup).split('\n').includes(line);
  const changed = needsScript || needsLine;
  if (needsScript) printer.note(`Writes ${file}, a script that asks pubsub at each Tab.`);
  if (needsLine) printer.note(`Adds a line to ${startup} that loads it in new shells.`);
  if (changed && !yes && !(await confirm(io, printer, `Install completion for ${shell}?`))) {
    throw new AppError({ code: 'Declined', message: 'Nothing was changed.' });
  }
  if (needsScript) write(file, () => writeFileSync(file, script));
  if (needsLine) write(startup, () => appendFileSync(startup, `${gapBefore(startup)}${line}\n`));
  printer.document({ shell, file, startup: startup ?? null, changed });
  printer.text(
    changed
      ? `Completion for ${shell} is installed.`
      : `Completion for ${shell} is installed already.`,
  );
  const load = shell === 'fish' ? `source ${shellWord(file)}` : `. ${shellWord(file)}`;
  printer.note(`New shells have it. In this one: ${load}`);
  const also = startup === undefined ? '' : `, and the line in ${startup}`;
  printer.note(`To take it away, remove ${file}${also}.`);
  return undefined;
}

function placesOf(shell: CompletionShell, env: Env): Places {
  const home = homeOf(env);
  if (shell === 'fish') {
    const config = env.XDG_CONFIG_HOME?.startsWith('/')
      ? env.XDG_CONFIG_HOME
      : join(home, '.config');
    return { file: join(config, 'fish/completions/pubsub.fish'), startup: undefined };
  }
  const data = dataDirectory(env);
  return shell === 'bash'
    ? { file: join(data, 'bash-completion/completions/pubsub'), startup: join(home, '.bashrc') }
    : {
        file: join(data, 'zsh/site-functions/_pubsub'),
        startup: join(env.ZDOTDIR || home, '.zshrc'),
      };
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** A file's last line may lack its end. */
function gapBefore(path: string): string {
  const text = textOf(path);
  return text === '' || text.endsWith('\n') ? '' : '\n';
}

function write(path: string, act: () => void): void {
  try {
    makeFolder(dirname(path));
    act();
  } catch (cause) {
    throw new AppError({
      code: 'UnwritableFile',
      message: `${path} can't be written: ${fileProblem(cause)}.`,
      hint: 'For this shell alone: source <(pubsub completion bash)',
      cause,
    });
  }
}
