import { type OrderDatabase, STYLES, type Style } from '../../lib/definition/styles.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { MAX_FUNCTION_MEMORY_MB, MIN_FUNCTION_MEMORY_MB } from '../../lib/rules/functions.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import { readDatabase } from './order-database.ts';

/** Flags of `pubsub deploy`. */
export interface DeployFlags {
  readonly print?: boolean;
  readonly style?: string;
  readonly into?: string;
  readonly dryRun?: boolean;
  readonly memory?: string;
  readonly database?: string;
}

/** What a run of `pubsub deploy` is asked for. */
export interface DeployRequest {
  readonly style: Style;
  /** What is to be printed; not at all where undefined. */
  readonly print:
    | { readonly styles: readonly Style[]; readonly into: string | undefined }
    | undefined;
  readonly dryRun: boolean;
  /** MB of functions that the file says nothing of; undefined for as it is. */
  readonly memory: number | undefined;
  /** Where the order API keeps its orders; undefined for as it is, or as it is usual. */
  readonly database: OrderDatabase | undefined;
}

/** Words that stand where a style may: what else `deploy` has. */
const SUBCOMMANDS = ['image', 'status', 'outputs', 'logs', 'destroy'] as const;

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
  const { print = false, dryRun = false, into } = flags;
  if (print && dryRun) {
    throw usageError('--print and --dry-run cannot be used together.', 'Leave one of them out.');
  }
  if (into !== undefined && !print) {
    throw usageError('--into belongs to --print.', 'Add --print, or leave --into out.');
  }
  const memory = readMemory(flags.memory);
  const database = readDatabase(flags.database);
  const styles = readStyles(word, flags);
  const [style = STYLES[0]] = styles;
  if (print) {
    const folder = into ?? (styles.length > 1 ? DEFAULT_FOLDER : undefined);
    return { style, print: { styles, into: folder }, dryRun, memory, database };
  }
  if (styles.length === 1) return { style, print: undefined, dryRun, memory, database };
  throw usageError(
    'One style is deployed at a time; all of them can be printed.',
    'Add --print, or choose one, such as: pubsub deploy serverless',
  );
}

/** Where files go unless `--into` says it. */
const DEFAULT_FOLDER = 'deploy';
/** What stands for every style. */
const ALL = 'all';

/** The styles that are meant, by the argument or by `--style`. */
function readStyles(word: string | undefined, { style }: DeployFlags): readonly Style[] {
  const wanted = style ?? word;
  if (wanted === undefined) {
    throw usageError('Deploy in which style?', `Styles: ${STYLES.join(', ')}.`, 'MissingStyle');
  }
  const named = word === undefined || word === ALL ? undefined : readStyle(word);
  if (wanted === ALL) return STYLES;
  const meant = readStyle(wanted);
  if (named === undefined || named === meant) return [meant];
  throw usageError(`Which style, ${named} or ${meant}?`, 'Leave --style out.');
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
