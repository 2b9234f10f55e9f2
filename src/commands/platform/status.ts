import type { Command } from 'commander';
import { EXIT } from '../../lib/rules/errors.ts';
import { renderPlatform } from '../../lib/ui/platform.ts';
import { addExamples, type Runner } from '../command.ts';

/** `pubsub platform status` */
export function defineStatus(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform status', 'pubsub platform status --json'],
    'pubsub platform logs',
  ).action(() =>
    run(command, async ({ printer, settings }) => {
      const { platformStatus } = await import('../../lib/platform/run/status.ts');
      const status = await platformStatus(settings.stateDir);
      printer.document(status);
      if (!status.up) {
        printer.text('Not running. Start it with: pubsub platform up');
        return EXIT.drift;
      }
      for (const line of renderPlatform(status, printer.style)) printer.text(line);
      const bad = status.services.filter(({ state }) => state !== 'ready');
      for (const { name, problem } of bad) printer.warn(`${name}: ${problem ?? 'not ready'}`);
      if (bad.some(({ state }) => state === 'ended')) {
        printer.note('Start what has ended with: pubsub platform up');
      }
      return bad.length === 0 ? EXIT.done : EXIT.drift;
    }),
  );
}
