/** Exit codes of every command (documented in README). */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  drift: 3,
  denied: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface AppErrorOptions {
  /** Stable, PascalCase: scripts match on it. */
  readonly code: string;
  /** One sentence: what happened, to what. */
  readonly message: string;
  /** A command to paste, or what to do about it. */
  readonly hint?: string;
  /** `EXIT.failed` unless given. */
  readonly exitCode?: ExitCode;
  readonly cause?: unknown;
}

/** An expected failure, with a code that programs can match. Any other error is a bug. */
export class AppError extends Error {
  /** Stable, such as `QueueNotFound`. */
  readonly code: string;
  /** What to do about it, or a command to paste. */
  readonly hint: string | undefined;
  /** The exit code of the command line for it. */
  readonly exitCode: ExitCode;

  constructor(options: AppErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? EXIT.failed;
  }
}

/** An `AppError` for bad input: exit code 2, and nothing was changed. */
export function usageError(message: string, hint?: string, code = 'InvalidInput'): AppError {
  return new AppError({
    code,
    message,
    exitCode: EXIT.usage,
    ...(hint === undefined ? {} : { hint }),
  });
}
