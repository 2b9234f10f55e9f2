import { get, type IncomingMessage } from 'node:http';
import { AppError } from '../../rules/errors.ts';
import type { MessageEvent } from '../../rules/message-trace.ts';

/**
 * What happens to each message of a running engine, from now on, until `signal` aborts or the engine ends.
 *
 * @param token that the engine asks for
 * @param onOpen called once from where on no event is missed
 * @throws AppError `EventsLost` when this reader was too slow and the engine dropped it.
 */
export async function* followEvents(
  endpoint: string,
  signal: AbortSignal,
  token?: string,
  onOpen?: () => void,
): AsyncGenerator<MessageEvent> {
  let response: IncomingMessage;
  try {
    response = await open(endpoint, signal, token);
  } catch (cause) {
    if (signal.aborted) return;
    throw new AppError({
      code: 'EngineUnreachable',
      message: `The local engine does not answer at ${endpoint}.`,
      hint: 'pubsub local start',
      cause,
    });
  }
  onOpen?.();
  let partial = '';
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      const blocks = (partial + String(chunk)).split('\n\n');
      partial = blocks.pop() ?? '';
      for (const block of blocks) {
        const [first = '', second = ''] = block.split('\n');
        if (first === 'event: dropped') throw eventsLost();
        if (second.startsWith('data: ')) yield JSON.parse(second.slice(6)) as MessageEvent;
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    // The reader went, or the engine did: either way there is nothing more to come.
  } finally {
    response.destroy();
  }
}

function open(endpoint: string, signal: AbortSignal, token?: string): Promise<IncomingMessage> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const options = { agent: false, signal, headers };
    get(`${endpoint}/_pubsub/events`, options, resolve).on('error', reject);
  });
}

function eventsLost(): AppError {
  return new AppError({
    code: 'EventsLost',
    message: 'Too many events at once: the engine dropped this reader.',
    hint: 'pubsub local logs --follow',
  });
}
