import type { Command } from 'commander';
import { AppError, EXIT, type ExitCode, usageError } from '../../lib/rules/errors.ts';
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
  for (const line of logTail.trimEnd().split('\n')) printer.text(printer.style.dim(line));
  const mark = functionError === undefined ? printer.style.green('✓') : printer.style.red('✗');
  printer.text(`${mark} ${target.name} answered: ${answer.payload}`);
  return functionError === undefined ? EXIT.done : EXIT.failed;
}

/** @throws AppError (exit 2) for what is no JSON. */
function givenPayload({ io }: CommandContext, { data, file }: InvokeFlags): string | undefined {
  if (data !== undefined && file !== undefined) {
    throw usageError('--data and --file do not go together.', 'Leave one of them out.');
  }
  const text = file === undefined ? data : readGivenFile(io.cwd, file, '--file');
  if (text === undefined) return undefined;
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(
      `${file === undefined ? '--data' : file} is no JSON: ${why}`,
      `Such as --data '{"Records":[]}'`,
    );
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
