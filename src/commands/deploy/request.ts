import { STYLES, type Style } from '../../lib/deploy/style.ts';
import { usageError } from '../../lib/rules/errors.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';

/** Flags of `pubsub deploy`. */
export interface DeployFlags {
  readonly print?: boolean;
  readonly dryRun?: boolean;
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

/** The style that is meant. @throws AppError (exit 2) for none, and for flags that don't go together. */
export function readDeployFlags(word: string | undefined, { print, dryRun }: DeployFlags): Style {
  if (print && dryRun) {
    throw usageError('--print and --dry-run cannot be used together.', 'Leave one of them out.');
  }
  if (word !== undefined) return readStyle(word);
  throw usageError('Deploy in which style?', `Styles: ${STYLES.join(', ')}.`, 'MissingStyle');
}
