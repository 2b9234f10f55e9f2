import type { Command } from 'commander';
import { backgroundStatus, resetRunning, resetState } from '../../lib/engine/background.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { confirm } from '../../lib/ui/prompts.ts';
import { addExamples, type Runner } from '../command.ts';

/** `pubsub local reset` */
export function defineReset(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub local reset', 'pubsub local reset --yes'],
    'pubsub local start, then pubsub setup',
  ).action(() =>
    run(command, async ({ io, printer, settings, yes }) => {
      const { stateDir } = settings;
      const { running, endpoint } = await backgroundStatus(stateDir);
      const question = `Delete all topics, queues and messages of the local engine in ${stateDir}?`;
      if (!yes && !(await confirm(io, printer, question))) {
        throw new AppError({ code: 'Declined', message: 'Nothing was deleted.' });
      }
      if (running) {
        await resetRunning(endpoint, io.env.PUBSUB_TOKEN);
        printer.document({ reset: true, stateDir });
        printer.text(`Reset the engine at ${endpoint}`);
        return undefined;
      }
      const existed = await resetState(stateDir);
      printer.document({ reset: existed, stateDir });
      printer.text(
        existed ? `Deleted the state in ${stateDir}` : `No state in ${stateDir}; nothing to delete`,
      );
      return undefined;
    }),
  );
}
