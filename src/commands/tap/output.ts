import type { TopicSpec, Topology } from '../../lib/definition/topology.ts';
import type { AppError, ExitCode } from '../../lib/rules/errors.ts';
import type { TapProblem, TapSummary } from '../../lib/tap/tap.ts';
import type { Tapped } from '../../lib/tap/tapped.ts';
import { renderTapped, tappedRecord } from '../../lib/ui/tap.ts';
import type { CommandContext } from '../command.ts';
import type { TapRequest } from './request.ts';

/** What is watched, and until when. */
export interface TapSource {
  readonly topology: Topology;
  readonly topic: TopicSpec;
  /** Aborted to end at once. */
  readonly signal: AbortSignal;
}

/** How a tap ended. */
export interface TapEnded {
  /** What it counted, or what kept it from going on. */
  readonly outcome: TapSummary | AppError;
  /** Whether its queue is gone. */
  readonly removed: boolean;
}

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

/** Says what is watched, and as whom. @param detail which messages come, as a line. */
export function tellBeginning(
  { printer }: CommandContext,
  { name }: TopicSpec,
  { subscriber }: TapRequest,
  detail: string | undefined,
): void {
  const whose = subscriber === undefined ? '' : ` as ${subscriber.name} gets it`;
  printer.note(`Watching ${name}${whose}. Nobody else misses a message. Ctrl-C stops.`);
  if (detail !== undefined) printer.note(printer.noteStyle.dim(detail));
}
