import { AppError } from '../../rules/errors.ts';
import { diskProblem } from '../../rules/text/disk-problem.ts';

/** The error of a state folder that can't be written to. @param cause as the system gave it */
export function stateFolderUnusable(stateDir: string, cause: unknown): AppError {
  const problem = diskProblem(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return new AppError({
    code: 'StateFolderUnusable',
    message: `The local engine can't write to its state folder ${stateDir}: ${problem}.`,
    hint: 'XDG_STATE_HOME=/a/folder/of/yours pubsub local start',
    cause,
  });
}
