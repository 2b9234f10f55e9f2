import type { Transport } from '../lib/transport/transport.ts';
import { describeTarget } from '../lib/ui/target.ts';
import type { CommandContext } from './command.ts';
import { connect } from './connect.ts';

/**
 * Reaches what carries the messages, and says on stderr where that is: RabbitMQ where the target is one, otherwise SNS
 * and SQS as `connect` does. Only one of them is loaded.
 * @throws AppError when the target can't be reached, or it refuses the credentials.
 */
export function openTransport(context: CommandContext): Promise<Transport> {
  const known = transports.get(context);
  if (known) return known;
  const opening = open(context);
  transports.set(context, opening);
  opening.then(
    (transport) => opened.set(context, transport),
    () => transports.delete(context),
  );
  return opening;
}

/** Closes the connection of a command's run. One that is still opening is closed once it is open; nobody waits for that. */
export async function closeTransport(context: CommandContext): Promise<void> {
  const transport = opened.get(context);
  if (transport !== undefined) return transport.close();
  const opening = transports.get(context);
  void opening?.then((late) => late.close()).catch(() => undefined);
}

/** One a run. */
const transports = new WeakMap<CommandContext, Promise<Transport>>();
const opened = new WeakMap<CommandContext, Transport>();

async function open(context: CommandContext): Promise<Transport> {
  const { settings, printer } = context;
  const { target } = settings;
  if (target.kind !== 'rabbitmq') {
    const [connection, { awsTransport }] = await Promise.all([
      connect(context),
      import('../lib/transport/aws-transport.ts'),
    ]);
    return awsTransport(connection);
  }
  const { openBroker } = await import('../lib/amqp/broker-transport.ts');
  const transport = await openBroker(settings, target.broker);
  printer.note(printer.noteStyle.dim(describeTarget(transport.identity)));
  return transport;
}
