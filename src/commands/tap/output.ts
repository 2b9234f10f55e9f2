import type { AppError, ExitCode } from '../../lib/rules/errors.ts';
import type { TapProblem } from '../../lib/tap/tap.ts';
import type { Tapped } from '../../lib/tap/tapped.ts';
import { renderTapped, tappedRecord } from '../../lib/ui/tap.ts';
import type { CommandContext } from '../command.ts';
import type { TapRequest } from './request.ts';

/** Prints a message: its body, its record, or lines for people. */
export function show({ io, printer }: CommandContext, { raw }: TapRequest, message: Tapped): void {
  if (raw) {
    printer.raw(message.text);
    return;
  }
  printer.record(tappedRecord(message));
  if (printer.json) return;
  // As wide as the terminal is by now.
  const columns = io.stdout.isTTY ? printer.columns : undefined;
  for (const line of renderTapped(message, printer.style, columns)) printer.text(line);
}

/** Says that calls fail, and that they succeed again. */
export function printProblem({ printer }: CommandContext, problem: TapProblem): void {
  if (problem.kind === 'recovered') {
    printer.note(`${printer.noteStyle.green('✓')} Back after ${Math.ceil(problem.seconds)} s.`);
    return;
  }
  printer.warn(`${problem.error.message} Trying again.`);
  if (problem.error.hint) printer.note(`  ${problem.error.hint}`);
}

/** Says why the tap could not go on; in a JSON stream as a line like the others. @returns the exit code. */
export function printFailure({ printer }: CommandContext, failure: AppError): ExitCode {
  const { code, message, hint, exitCode } = failure;
  if (printer.json) printer.record({ error: { code, message, hint } });
  else printer.failure(failure);
  return exitCode;
}
