import type { Command } from 'commander';
import { backgroundStatus, findings } from '../../lib/engine/background.ts';
import { EXIT } from '../../lib/rules/errors.ts';
import { addExamples, type Runner } from '../command.ts';

/** `pubsub local status` */
export function defineStatus(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub local status', 'pubsub local status --json'],
    'pubsub status shows what is in it',
  ).action(() =>
    run(command, async ({ io, printer, settings }) => {
      const status = await backgroundStatus(settings.stateDir);
      const found = status.running ? await findings(status.endpoint, io.env.PUBSUB_TOKEN) : [];
      printer.document({ ...status, findings: found });
      if (status.running) {
        printer.text(`Running at ${status.endpoint} (pid ${status.pid})`);
        if (!status.ready) printer.text('Still being made ready by --init');
        printer.text(
          status.ephemeral ? 'State in memory, gone when it stops' : `State in ${status.stateDir}`,
        );
      } else {
        printer.text('Not running. Start it with: pubsub local start');
      }
      for (const line of found) printer.warn(line);
      return status.ready ? EXIT.done : EXIT.drift;
    }),
  );
}
