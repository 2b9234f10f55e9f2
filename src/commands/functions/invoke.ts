import type { Command } from 'commander';
import type { Topology } from '../../lib/definition/topology.ts';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { functionSubscribers } from '../../lib/topology/functions/settings.ts';
import { renderTail } from '../../lib/ui/function-log.ts';
import { parsed, renderInvoked, wentWell } from '../../lib/ui/invoked.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { readGivenFile } from '../given-file.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { functionOnTarget, notThere } from './choose.ts';

interface InvokeFlags {
  readonly data?: string;
  readonly file?: string;
}

/** `pubsub functions invoke [function]` */
export function defineInvoke(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub functions invoke',
      `pubsub functions invoke OrderProcessor --data '{"Records":[]}'`,
      'pubsub functions invoke OrderProcessor --file event.json',
    ],
    'pubsub functions logs',
  )
    .argument('[function]', 'of the topology, or any of the target by name or ARN')
    .option('-d, --data <json>', 'what it is called with; a sample of its queue unless given')
    .option('--file <file>', 'the same from a file')
    .action((word: string | undefined, flags: InvokeFlags) =>
      run(command, (context) => invoke(command, context, word, flags)),
    );
}

async function invoke(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: InvokeFlags,
): Promise<ExitCode> {
  const { printer } = context;
  const topology = await topologyFor(context);
  const target = await functionOnTarget(context, topology, word);
  const { samplePayload } = await import('../../lib/functions/sample-payload.ts');
  const sample = target.spec === undefined ? '{}' : samplePayload(topology, target.spec);
  const payload = givenPayload(context, flags) ?? sample;
  const { aws } = await reading(context, undefined, () => connect(context));
  const { invokeFunction } = await import('../../lib/aws/functions.ts');
  const answer = await reading(context, `Calling ${target.name}`, () =>
    invokeFunction(aws, target.name, payload),
  ).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'ResourceNotFoundException') throw error;
    throw notThere('function', target.name, commandLine(command, 'setup'));
  });
  const { functionError, logTail } = answer;
  const isReported = reportsFailures(topology, target.key);
  const { batchFailures } = await import('../../lib/functions/batch-failures.ts');
  const failures =
    functionError === undefined
      ? batchFailures(payload, answer.payload, isReported ?? false)
      : undefined;
  const outcome = { ...answer, name: target.name, failures, isReported };
  const isWell = wentWell(outcome);
  printer.document({
    function: target.key,
    ok: isWell,
    functionError: functionError ?? null,
    failedMessages: failures?.failed ?? [],
    payload: parsed(answer.payload),
    log: logTail.split('\n').filter((line) => line !== ''),
  });
  const { createLogReader } = await import('../../lib/functions/log-lines.ts');
  const lines = logTail
    .trimEnd()
    .split('\n')
    .map((message, index) => ({ id: String(index), time: 0, stream: '', message }))
    .map(createLogReader());
  for (const line of renderTail(lines, printer.style, printer.verbose)) printer.text(line);
  for (const line of renderInvoked(outcome, printer.style)) printer.text(line);
  return isWell ? EXIT.done : EXIT.failed;
}

/** Whether Lambda reads of a function's answers which messages failed; undefined where no subscriber has it. */
function reportsFailures(topology: Topology, key: string): boolean | undefined {
  const mapped = functionSubscribers(topology).filter(({ target }) => target.key === key);
  if (mapped.length === 0) return undefined;
  return mapped.some(({ subscriber: { handler } }) => handler.partialFailures);
}

/** @throws AppError (exit 2) for what is not JSON. */
function givenPayload({ io }: CommandContext, { data, file }: InvokeFlags): string | undefined {
  if (data !== undefined && file !== undefined) {
    throw usageError('--data and --file cannot be used together.', 'Leave one of them out.');
  }
  const text = file === undefined ? data : readGivenFile(io.cwd, file, '--file');
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(
      `${file === undefined ? '--data' : file} is not JSON: ${why}`,
      `Such as --data '{"Records":[]}'`,
    );
  }
}
