import type { TopicSpec } from '../../lib/definition/topology.ts';
import type { ReadyCheck } from '../../lib/orders/http/readiness.ts';
import type { ClaimedEvent } from '../../lib/outbox/outbox.ts';
import type { Publisher } from '../../lib/publish/publisher.ts';
import { AppError } from '../../lib/rules/errors.ts';
import { topicArn } from '../../lib/rules/names.ts';
import type { Tracing } from '../../lib/tracing/tracing.ts';
import type { CommandContext } from '../command.ts';
import { type Connection, connect } from '../connect.ts';
import { unlessStopped } from '../reading.ts';

/** Milliseconds for which the last look at the topic counts: probes come often, and each look is a request. */
const LOOK_KEPT = 10_000;

/** What may be otherwise later: the target is away, or a gateway answers in its place. */
const LATER = new Set(['EndpointUnreachable', 'UnreadableAnswer']);

/** The topic that a server announces orders on, whether it can be reached yet or not. */
export interface ServedTopic {
  readonly publisher: Publisher<ClaimedEvent>;
  /** The ARN; undefined until the target was reached. */
  arn(): string | undefined;
  /** Looks for the topic. */
  check(): Promise<ReadyCheck>;
  close(): void;
}

/**
 * Reaches the target. One that is away is reached later, with the first event that is to go there: orders can be stored
 * all the same.
 * @throws AppError where it refuses the credentials, or can't be what was asked for
 */
export async function serveTopic(
  context: CommandContext,
  topic: TopicSpec,
  tracing: Tracing | undefined,
): Promise<ServedTopic> {
  const [{ createOrderPublisher }, { checkTopic }] = await Promise.all([
    import('../../lib/orders/order-publisher.ts'),
    import('../../lib/orders/topic-check.ts'),
  ]);
  let connection: Connection | undefined;
  let publisher: Publisher<ClaimedEvent> | undefined;
  let arn: string | undefined;
  let looked: { readonly at: number; readonly check: ReadyCheck } | undefined;

  const reach = async (): Promise<{ connection: Connection; arn: string }> => {
    connection ??= await connect(context);
    arn ??= topic.arn ?? topicArn(connection.identity, topic.name);
    publisher ??= createOrderPublisher({ aws: connection.aws, topicArn: arn, tracing });
    return { connection, arn };
  };
  const look = async (): Promise<ReadyCheck> => {
    try {
      const reached = await reach();
      return await checkTopic(reached.connection.aws, reached.arn);
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  };

  try {
    await unlessStopped(context, reach);
  } catch (error) {
    if (!(error instanceof AppError && LATER.has(error.code))) throw error;
    context.printer.warn(`${error.message} Events wait in the outbox until it can be reached.`);
  }
  return {
    publisher: {
      publish: async (items, options) => {
        try {
          await reach();
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          return { published: 0, failed: 0, fatal: error };
        }
        if (publisher === undefined) throw new Error('There is a publisher once it was reached.');
        return publisher.publish(items, options);
      },
    },
    arn: () => arn,
    check: async () => {
      if (looked === undefined || !looked.check.ok || performance.now() - looked.at > LOOK_KEPT) {
        looked = { check: await look(), at: performance.now() };
      }
      return looked.check;
    },
    close: () => connection?.aws.close(),
  };
}
