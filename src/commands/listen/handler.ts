import { Console } from 'node:console';
import type { HandlerContext } from '../../lib/consume/consumed.ts';
import { forwardHandler } from '../../lib/consume/handlers/forward.ts';
import { keepProgram } from '../../lib/consume/handlers/kept-program.ts';
import { programHandler } from '../../lib/consume/handlers/program.ts';
import type { ProgramOptions } from '../../lib/consume/handlers/start-program.ts';
import { thrownReason } from '../../lib/consume/thrown-reason.ts';
import type { EventMessage } from '../../lib/events/message.ts';
import { printable } from '../../lib/rules/text/shown-text.ts';
import { labelled } from '../../lib/ui/listen.ts';
import type { CommandContext } from '../command.ts';
import type { ExecProgram, HandlerChoice } from './handler-choice.ts';

/** What handles a subscriber's events. */
export interface ListenHandler {
  handle(event: EventMessage, context: HandlerContext): unknown;
  /** Ends what it has started. */
  close(): Promise<void>;
}

const nothingToClose = async (): Promise<void> => {};

/** The handler that was chosen, one for each subscriber; without one every event is handled by being shown. */
export function createHandler(
  context: CommandContext,
  choice: HandlerChoice | undefined,
  subscriber: string,
): ListenHandler {
  switch (choice?.kind) {
    case 'program':
      return programOf(context, choice.program, subscriber);
    case 'module': {
      const { module } = choice;
      return { handle: ({ value }, about) => module(value, about), close: nothingToClose };
    }
    case 'forward':
      return { handle: forwardHandler(choice.forward), close: nothingToClose };
    default:
      return { handle: () => {}, close: nothingToClose };
  }
}

/**
 * Makes ready for modules of a user's: what they print must not mix with records, and a promise that they forgot must
 * not end the listener. @returns what undoes it.
 */
export function hostModules({ io, printer }: CommandContext): () => void {
  if (printer.json) {
    // Stdout holds the records alone.
    globalThis.console = new Console({ stdout: io.stderr, stderr: io.stderr });
  }
  const onRejection = (reason: unknown): void =>
    printer.warn(
      `A handler left a promise that nobody waited for, and it failed: ${printable(thrownReason(reason))}`,
    );
  process.on('unhandledRejection', onRejection);
  return () => process.off('unhandledRejection', onRejection);
}

function programOf(
  { io, printer }: CommandContext,
  { file, args, mode, cwd }: ExecProgram,
  subscriber: string,
): ListenHandler {
  const options: ProgramOptions = {
    program: file,
    args,
    cwd,
    env: io.env,
    abort: io.interrupts.abort,
    room: () => printer.drained(),
    onLine: (stream, line) => {
      if (stream === 'stdout' && !printer.json) {
        printer.text(labelled(subscriber, line, printer.style));
      } else {
        printer.note(labelled(subscriber, line, printer.noteStyle));
      }
    },
  };
  if (mode === 'each') return { handle: programHandler(options), close: nothingToClose };
  return keepProgram(options, mode);
}
