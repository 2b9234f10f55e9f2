import type { Command } from 'commander';
import type { TargetIdentity } from '../../lib/config/target.ts';
import type { Diagnosis } from '../../lib/diagnose/doctor/diagnose.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import {
  renderAdvice,
  renderDiagnosis,
  renderFindings,
  type ShownDiagnosis,
} from '../../lib/ui/doctor.ts';
import type { CommandContext } from '../command.ts';
import { fixLine } from './fix.ts';

/** A diagnosis as the document has it. */
export type Shown = ShownDiagnosis & { readonly ok: boolean };

/** A diagnosis as it is printed: fixes as command lines. @param identity undefined where the target wasn't reached. */
export function shownOf(
  command: Command,
  context: CommandContext,
  identity: TargetIdentity | undefined,
  { ok, checks, skipped }: Diagnosis,
): Shown {
  return {
    ok,
    checks: checks.map(({ fix, id, subject, verdict, evidence }) => ({
      id,
      subject,
      verdict,
      evidence,
      fix: fix === undefined ? null : fixLine(command, context, identity, fix),
    })),
    skipped,
  };
}

/** Prints the checks in words. */
export function printChecks({ printer }: CommandContext, shown: ShownDiagnosis): void {
  const render = printer.verbose ? renderDiagnosis : renderFindings;
  for (const line of render(shown, printer.columns, printer.style)) printer.text(line);
  printer.text('');
}

/** What stands in the document besides the diagnosis. */
export interface Extras {
  /** What `--fix` changed. */
  readonly fixed?: readonly object[];
  /** What `--probe` measured. */
  readonly probe?: readonly object[];
}

/** Prints the document, and in words the checks and what to do. @returns the exit code. */
export function conclude(
  context: CommandContext,
  shown: Shown,
  again: string,
  extras: Extras = {},
): ExitCode {
  const { printer } = context;
  printer.document({ ...shown, ...extras });
  printChecks(context, shown);
  for (const line of renderAdvice(shown.checks, again, printer.columns)) printer.text(line);
  if (shown.ok) return EXIT.done;
  return shown.checks.some(({ verdict }) => verdict === 'fail') ? EXIT.drift : EXIT.denied;
}
