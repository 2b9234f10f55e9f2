import type { Command } from 'commander';
import { backgroundStatus, stopBackground } from '../../lib/engine/background.ts';
import { addExamples, type Runner } from '../command.ts';

/** `pubsub local stop` */
export function defineStop(command: Command, run: Runner): void {
  addExamples(command, ['pubsub local stop'], 'pubsub local start brings its state back').action(
    () =>
      run(command, async ({ printer, settings }) => {
        const outcome = await stopBackground(settings.stateDir);
        printer.document(await backgroundStatus(settings.stateDir));
        printer.text(
          outcome.stopped
            ? `Stopped the local engine (pid ${outcome.pid})`
            : 'No local engine is running; nothing to stop',
        );
        return undefined;
      }),
  );
}
