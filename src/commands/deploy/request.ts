import { STYLES, type Style } from '../../lib/deploy/style.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { MAX_FUNCTION_MEMORY_MB, MIN_FUNCTION_MEMORY_MB } from '../../lib/rules/functions.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';

/** Flags of `pubsub deploy`. */
export interface DeployFlags {
  readonly print?: boolean;
  readonly dryRun?: boolean;
  readonly memory?: string;
}

/** What a run of `pubsub deploy` is asked for. */
export interface DeployRequest {
  readonly style: Style;
  readonly print: boolean;
  readonly dryRun: boolean;
  /** MB of functions that the file says nothing of; undefined for as it is. */
  readonly memory: number | undefined;
}

/** Words that stand where a style may: what else `deploy` has. */
const SUBCOMMANDS = ['status', 'outputs', 'logs', 'destroy'] as const;

/** @throws AppError `UnknownStyle` (exit 2), with the nearest one. */
export function readStyle(word: string): Style {
  const style = STYLES.find((each) => each === word);
  if (style !== undefined) return style;
  const near = nearest(word, [...STYLES, ...SUBCOMMANDS]);
  throw usageError(
    `Unknown style "${word}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Styles: ${STYLES.join(', ')}.`,
    'UnknownStyle',
  );
}

/** Reads what is asked for. @throws AppError (exit 2) for no style, and for flags that can't be or don't go together. */
export function readDeployRequest(word: string | undefined, flags: DeployFlags): DeployRequest {
  const { print = false, dryRun = false } = flags;
  if (print && dryRun) {
    throw usageError('--print and --dry-run cannot be used together.', 'Leave one of them out.');
  }
  const memory = readMemory(flags.memory);
  if (word !== undefined) return { style: readStyle(word), print, dryRun, memory };
  throw usageError('Deploy in which style?', `Styles: ${STYLES.join(', ')}.`, 'MissingStyle');
}

function readMemory(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const [least, most] = [MIN_FUNCTION_MEMORY_MB, MAX_FUNCTION_MEMORY_MB];
  const memory = /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (memory >= least && memory <= most) return memory;
  throw usageError(
    `--memory must be a whole number from ${least} to ${most}, in MB; it is ${shownText(word)}.`,
    'Such as: --memory 512',
  );
}
