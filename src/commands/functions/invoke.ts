import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
import { printable } from '../../lib/rules/text/shown-text.ts';
import { renderTail } from '../../lib/ui/function-log.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { connect } from '../connect.ts';
import { readGivenFile } from '../given-file.ts';
import { reading } from '../reading.ts';
import { topologyFor } from '../topology.ts';
import { chooseFunction, notThere } from './choose.ts';

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
    .argument('[function]', 'one of the topology; the only one unless given')
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
  const target = chooseFunction(topology, word);
  const { samplePayload } = await import('../../lib/functions/sample-payload.ts');
  const payload = givenPayload(context, flags) ?? samplePayload(topology, target);
  const { aws } = await reading(context, undefined, () => connect(context));
  const { invokeFunction } = await import('../../lib/aws/functions.ts');
  const answer = await reading(context, `Calling ${target.name}`, () =>
    invokeFunction(aws, target.name, payload),
  ).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'ResourceNotFoundException') throw error;
    throw notThere('function', target.name, commandLine(command, 'setup'));
  });
  const { functionError, logTail } = answer;
  printer.document({
    function: target.key,
    ok: functionError === undefined,
    functionError: functionError ?? null,
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
  printer.text(
    functionError === undefined
      ? `${printer.style.green('✓')} ${target.name} answered: ${answer.payload}`
      : `${printer.style.red('✗')} ${target.name} failed: ${errorWords(answer.payload)}`,
  );
  return functionError === undefined ? EXIT.done : EXIT.failed;
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

/** What an error's payload says; the payload itself where it is not an error as Lambda writes it. */
function errorWords(payload: string): string {
  const { errorType, errorMessage } = (parsed(payload) ?? {}) as Readonly<Record<string, unknown>>;
  const isError = typeof errorType === 'string' && typeof errorMessage === 'string';
  return isError ? printable(`${errorType}: ${errorMessage}`) : payload;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
