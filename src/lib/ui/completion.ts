import { bashScript, fishScript, zshScript } from './completion-scripts.ts';

/** Shells that a completion script can be written for. */
export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

/** A word that can stand at the end of a line. */
export interface OfferedWord {
  readonly value: string;
  readonly description?: string;
}

/** What can: words, and beside them what only the shell knows. */
export interface CompletionAnswer {
  readonly kind: 'words' | 'files' | 'folders';
  readonly words: readonly OfferedWord[];
}

/** The script of a shell. It asks the program at each Tab, so that it needs no other one when that changes. */
export function completionScript(shell: CompletionShell): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
}

/**
 * Reads what a script tells: its shell, and the words after the program's name, the one at hand last. Bash gives the
 * line up to the cursor, since it takes words apart at `=` and `:`; the others give the words.
 * @throws Error for another shell.
 */
export function typedWords(argv: readonly string[]): {
  readonly shell: CompletionShell;
  readonly words: readonly string[];
} {
  const [name, ...rest] = argv;
  const shell = COMPLETION_SHELLS.find((each) => each === name);
  if (shell === undefined) throw new Error(`no shell ${name}`);
  return { shell, words: shell === 'bash' ? splitLine(rest[0] ?? '').slice(1) : rest };
}

/** What the script reads: the kind, then a word a line, with its description behind a tab. */
export function answerLines(
  shell: CompletionShell,
  typed: readonly string[],
  { kind, words }: CompletionAnswer,
): string {
  const current = typed.at(-1) ?? '';
  const [flag = ''] = /^--[^=]+=/.exec(current) ?? [];
  const lines = words
    .filter(({ value }) => SAFE.test(value))
    .map(({ value, description = '' }) => {
      const shown = description.replace(/\s+/g, ' ');
      if (shell === 'bash') return withoutFragment(flag + value, current);
      if (shell === 'fish') return `${flag}${value}\t${shown}`;
      return `${value}\t${shown}`;
    });
  return [kind, ...lines, ''].join('\n');
}

/** Words that no shell reads as anything else: a file of somebody else's may call its subscribers anything. */
const SAFE = /^[\w.:@%+,/-]+$/;

/** What bash puts in the place of the last fragment of a word: it takes them apart at these signs. */
function withoutFragment(word: string, current: string): string {
  return word.slice(Math.max(...['=', ':', '@'].map((sign) => current.lastIndexOf(sign))) + 1);
}

/** The words of a line as a shell reads them, the last one as far as it was typed. */
function splitLine(line: string): string[] {
  const words = [''];
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? '';
    const last = words.length - 1;
    if (sign === '\\' && quote !== "'") words[last] += line[++at] ?? '';
    else if (sign === quote) quote = '';
    else if (quote === '' && (sign === '"' || sign === "'")) quote = sign;
    else if (quote === '' && /\s/.test(sign)) {
      if (words[last] !== '' || /["']/.test(line[at - 1] ?? '')) words.push('');
    } else words[last] += sign;
  }
  return words;
}
