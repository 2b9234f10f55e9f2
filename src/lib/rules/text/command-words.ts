import { usageError } from '../errors.ts';

/**
 * Splits a command line into its words, without a shell: blanks part words; single quotes keep everything as it is;
 * in double quotes and outside of quotes a backslash keeps the next character. Nothing is expanded.
 * @returns at least one word.
 * @throws AppError (exit 2) for an empty line, or a quote that isn't closed.
 */
export function splitCommand(line: string): [string, ...string[]] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === quote) {
      quote = undefined;
    } else if (quote === undefined && (char === "'" || char === '"')) {
      quote = char;
      word ??= '';
    } else if (char === '\\' && quote !== "'" && at + 1 < line.length) {
      word = (word ?? '') + line.charAt(++at);
    } else if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== undefined) {
    throw usageError(
      `--exec ${line} has a ${quote} that is not closed.`,
      `Quote the whole command, such as --exec 'node handle.js "two words"'`,
      'InvalidCommand',
    );
  }
  if (word !== undefined) words.push(word);
  const [program, ...rest] = words;
  if (program === undefined || program === '') {
    throw usageError(
      '--exec needs a program.',
      "Such as --exec 'node handle.js'",
      'InvalidCommand',
    );
  }
  return [program, ...rest];
}

/** A text as one word of a shell's command line, quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w:/.=@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
