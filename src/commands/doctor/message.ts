import { stringify } from 'lossless-json';
import type { Topology } from '../../lib/definition/topology.ts';
import type { CandidateMessage } from '../../lib/diagnose/doctor/candidate-message.ts';
import { parseGivenFields } from '../../lib/events/given-fields.ts';
import { AppError, usageError } from '../../lib/rules/errors.ts';
import { shownText } from '../../lib/rules/text/shown-text.ts';
import type { CommandContext } from '../command.ts';
import { readGivenFile } from '../given-file.ts';

const NO_FILE = `Give a file, or the JSON itself: --message '{"event_type":"payment.captured", …}'`;

/** Flags that say which message is missing. */
export interface MessageFlags {
  readonly eventType?: string;
  readonly event?: string;
  readonly message?: string;
}

/**
 * The message that the user misses; undefined where no flag says it.
 * @throws AppError (exit 2) for what is not an event or message, or more than one of them.
 */
export async function readMissing(
  context: CommandContext,
  { events }: Topology,
  flags: MessageFlags,
): Promise<CandidateMessage | undefined> {
  const given = [flags.eventType, flags.event, flags.message].filter((flag) => flag !== undefined);
  if (given.length === 0) return undefined;
  if (given.length > 1) {
    throw usageError(
      '--event-type, --event and --message say the same thing in three ways.',
      'Give one of them.',
    );
  }
  if (flags.message !== undefined) return readMessage(context, flags.message);
  const { createEventMaker } = await import('../../lib/events/event-maker.ts');
  const { compileMessageCheck } = await import('../../lib/events/schemas.ts');
  const fields =
    flags.event === undefined ? {} : named('--event', () => parseGivenFields(flags.event ?? ''));
  const type = flags.eventType ?? Object.keys(events)[0];
  const check = await compileMessageCheck(events);
  const { candidateOf } = await import('../../lib/diagnose/doctor/candidate-message.ts');
  return candidateOf(createEventMaker({ events, type, check, seed: 1 }).sample(fields, 1));
}

/**
 * A message as SNS takes it, `{"Message": …, "MessageAttributes": {…}}`, or the event alone, whose `event_type` then
 * is the attribute that publishers here send.
 */
async function readMessage(context: CommandContext, given: string): Promise<CandidateMessage> {
  const isJson = /^\s*\{/.test(given);
  const text = isJson ? given : readGivenFile(context.io.cwd, given, '--message', NO_FILE);
  const source = isJson ? '--message' : `--message ${given}`;
  const fields = named(source, () => parseGivenFields(text));
  const { Message: body, MessageAttributes: attributes } = fields;
  if (body === undefined) {
    const type = fields.event_type;
    return {
      name: typeof type === 'string' ? shownText(type) : 'the message',
      eventId: typeof fields.event_id === 'string' ? fields.event_id : undefined,
      body: text,
      attributes:
        typeof type === 'string' ? { event_type: { DataType: 'String', StringValue: type } } : {},
    };
  }
  return {
    name: 'the message',
    eventId: undefined,
    body: typeof body === 'string' ? body : (stringify(body) ?? ''),
    attributes: readAttributes(source, attributes),
  };
}

function readAttributes(source: string, given: unknown): CandidateMessage['attributes'] {
  if (given === undefined) return {};
  if (typeof given !== 'object' || given === null) throw badAttributes(source);
  return Object.fromEntries(
    Object.entries(given).map(([name, attribute]: [string, unknown]) => {
      if (typeof attribute === 'string') {
        return [name, { DataType: 'String', StringValue: attribute }];
      }
      if (typeof attribute !== 'object' || attribute === null) throw badAttributes(source);
      // As `Publish` takes it, or as an envelope carries it.
      const type: unknown = Reflect.get(attribute, 'DataType') ?? Reflect.get(attribute, 'Type');
      const value: unknown =
        Reflect.get(attribute, 'StringValue') ?? Reflect.get(attribute, 'Value');
      if (typeof type !== 'string') throw badAttributes(source);
      return [
        name,
        { DataType: type, ...(value === undefined ? {} : { StringValue: String(value) }) },
      ];
    }),
  );
}

function badAttributes(source: string): AppError {
  return usageError(
    `${source}: MessageAttributes must be an object of attributes.`,
    'Such as "MessageAttributes":{"event_type":{"DataType":"String","StringValue":"payment.captured"}}',
    'InvalidMessage',
  );
}

function named<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw usageError(`${source}: ${error.message}`, error.hint, error.code);
  }
}
