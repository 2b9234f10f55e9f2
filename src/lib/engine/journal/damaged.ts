import { AppError } from '../../rules/errors.ts';

const HINT = 'pubsub local reset';

/** The error for a state that can't be read back: `StateDamaged`, naming its folder and the cure. */
export function damaged(stateDir: string, cause: unknown): AppError {
  return new AppError({
    code: 'StateDamaged',
    message: `The local engine's state in ${stateDir} is damaged; it was left as it is.`,
    hint: HINT,
    cause,
  });
}

/** The error for a state that a newer version wrote: `StateTooNew`. */
export function tooNew(stateDir: string, format: number): AppError {
  return new AppError({
    code: 'StateTooNew',
    message: `The local engine's state in ${stateDir} was written by a newer pubsub (format ${format}); it was left as it is.`,
    hint: HINT,
  });
}
