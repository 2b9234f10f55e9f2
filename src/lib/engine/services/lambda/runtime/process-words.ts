/** As the services' messages name them. */
const SIGNALS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGABRT: 'aborted',
  SIGTERM: 'terminated',
};

/** How the process of a runtime ended, as Lambda tells it (`Runtime.ExitError`). */
export function exitWords(code: number | null, signal: NodeJS.Signals | null): string {
  if (code === 0) return 'Runtime exited without providing a reason';
  const how = signal === null ? `exit status ${code}` : `signal: ${SIGNALS[signal] ?? signal}`;
  return `Runtime exited with error: ${how}`;
}

/** What execve(2) answers, in words. */
const EXEC_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'no such file or directory',
  ENOEXEC: 'exec format error',
  E2BIG: 'argument list too long',
};

/** Why a program can't be started, as Lambda tells it (`Runtime.InvalidEntrypoint`). @param program as functions see it */
export function startWords(program: string, error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return `fork/exec ${program}: ${EXEC_ERRORS[code] ?? message}`;
}

/** What files begin with that systems run: a script's interpreter, ELF, Mach-O for one processor and for several. */
const PROGRAMS: readonly Buffer[] = ['2321', '7f454c46', 'cffaedfe', 'cafebabe'].map((start) =>
  Buffer.from(start, 'hex'),
);

/**
 * Whether a system runs a file itself. A shell also runs a script that names no interpreter; Lambda doesn't.
 * @param start the first four bytes.
 */
export function isProgram(start: Buffer): boolean {
  return PROGRAMS.some((program) => start.subarray(0, program.length).equals(program));
}
