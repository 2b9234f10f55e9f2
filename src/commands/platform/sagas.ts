import { type Command, Option } from 'commander';
import { SAGA_STATES, type SagaState } from '../../lib/platform/orders/saga/saga.ts';
import { EXIT } from '../../lib/rules/errors.ts';
import { renderSaga, renderSagas } from '../../lib/ui/sagas.ts';
import { addExamples, addSubcommand, type CommandContext, type Runner } from '../command.ts';
import { readWholeNumber } from '../whole-number.ts';

/** Sagas that are listed unless told, and at the most. */
const SHOWN = { usual: 20, most: 100 };

/** `pubsub platform sagas ls|show|retry` */
export function defineSagas(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub platform sagas ls --state compensation_failed',
      'pubsub platform sagas show 0b9c1e6e-3a52-4c1f-9a2e-5d6c7b8a9f01',
      'pubsub platform sagas retry 0b9c1e6e-3a52-4c1f-9a2e-5d6c7b8a9f01',
    ],
    'pubsub platform logs orders',
  );
  defineLs(addSubcommand(command, 'ls', 'list orders on their way, the newest first'), run);
  defineShow(addSubcommand(command, 'show', 'show what one of them did'), run);
  defineRetry(addSubcommand(command, 'retry', 'try again what waits or failed'), run);
}

function defineLs(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform sagas ls', 'pubsub platform sagas ls --state compensation_failed --json'],
    'pubsub platform sagas show <id>',
  )
    .addOption(new Option('--state <state>', 'only those in this state').choices(SAGA_STATES))
    .option('--max <n>', `how many, up to ${SHOWN.most}`, String(SHOWN.usual))
    .action((flags: { state?: SagaState; max: string }) =>
      run(command, async (context) => {
        const { printer } = context;
        const most = readWholeNumber('--max', flags.max, [1, SHOWN.most], 'Such as --max 50');
        const sagas = await (await sagasOf(context)).list(flags.state, most);
        printer.document({ sagas });
        if (sagas.length === 0) printer.text('There are none.');
        else for (const line of renderSagas(sagas, printer.style)) printer.text(line);
        if (sagas.some(({ state }) => state === 'compensation_failed')) {
          printer.note('Try one again with: pubsub platform sagas retry <id>');
        }
        return EXIT.done;
      }),
    );
}

function defineShow(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform sagas show 0b9c1e6e-3a52-4c1f-9a2e-5d6c7b8a9f01'],
    'pubsub platform sagas retry <id>',
  )
    .argument('<id>', 'of the saga')
    .action((id: string) =>
      run(command, async (context) => {
        const { printer } = context;
        const saga = await (await sagasOf(context)).show(id);
        printer.document(saga);
        for (const line of renderSaga(saga, printer.style)) printer.text(line);
        return EXIT.done;
      }),
    );
}

function defineRetry(command: Command, run: Runner): void {
  addExamples(
    command,
    ['pubsub platform sagas retry 0b9c1e6e-3a52-4c1f-9a2e-5d6c7b8a9f01'],
    'pubsub platform sagas show <id>',
  )
    .argument('<id>', 'of the saga')
    .action((id: string) =>
      run(command, async (context) => {
        const { printer } = context;
        const saga = await (await sagasOf(context)).retry(id);
        printer.document(saga);
        printer.text(`The saga ${saga.id} is due now: its next step is ${saga.step}.`);
        return EXIT.done;
      }),
    );
}

async function sagasOf({ settings }: CommandContext) {
  const { openSagas } = await import('../../lib/platform/run/sagas.ts');
  return openSagas(settings.stateDir);
}
