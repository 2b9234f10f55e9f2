import { CONSUMER_DEFAULTS, type ConsumeProblem } from '../../lib/consume/consumed.ts';
import { renderMessageProblem } from '../../lib/ui/listen.ts';
import type { Printer } from '../../lib/ui/printer.ts';

const RETRY_MINUTES = CONSUMER_DEFAULTS.retryFor / 60;

/** Says that calls fail, and that they succeed again, once for all subscribers together. */
export class TroubleReport {
  private readonly printer: Printer;
  private readonly troubled = new Set<string>();

  constructor(printer: Printer) {
    this.printer = printer;
  }

  tell(problem: ConsumeProblem): void {
    const { printer } = this;
    switch (problem.kind) {
      case 'trouble':
        if (this.troubled.size === 0) {
          printer.warn(`${problem.error.message} Trying again for ${RETRY_MINUTES} minutes.`);
          if (problem.error.hint) printer.note(`  ${problem.error.hint}`);
        }
        this.troubled.add(problem.subscriber);
        return;
      case 'recovered':
        this.troubled.delete(problem.subscriber);
        if (this.troubled.size === 0) {
          printer.note(`${printer.noteStyle.green('✓')} Back after ${seconds(problem.seconds)}.`);
        }
        return;
      default:
        printer.warn(renderMessageProblem(problem));
    }
  }
}

function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}
