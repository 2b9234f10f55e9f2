import { AppError } from '../rules/errors.ts';
import { shownText } from '../rules/text/shown-text.ts';
import type { EventReader } from './event-codec.ts';
import { type EventMessage, readMessage } from './message.ts';

/** Why a message is not what its type's schema asks for; undefined where it is, or where there is no schema. */
export type CheckMessage = (message: EventMessage) => string | undefined;

/** Reads messages of any kind; only one that breaks the schema of its type is refused. */
export function messageReader(check: CheckMessage = () => undefined): EventReader<EventMessage> {
  return {
    id: ({ id }) => id,
    type: ({ type }) => type,
    read(incoming) {
      const message = readMessage(incoming);
      const problem = check(message);
      if (problem === undefined) return message;
      throw invalidMessage(message.type, problem);
    },
  };
}

/** The error for a message that breaks its type's schema. */
export function invalidMessage(type: string | undefined, problem: string): AppError {
  return new AppError({
    code: 'InvalidEvent',
    message: `This is not a valid ${type === undefined ? 'event' : shownText(type)}: ${problem}.`,
    exitCode: 2,
  });
}
