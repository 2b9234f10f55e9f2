import { type ConnectionOptions, createPublisher } from 'pubsub-cli';
import { type Events, topology } from './events.ts';

/**
 * Publishes one event, to where pubsub.yaml and the environment say.
 * @returns its message id.
 */
export async function publish<T extends keyof Events>(
  type: T,
  data: Events[T],
  connection: ConnectionOptions = {},
): Promise<string | undefined> {
  // A program that publishes often keeps its publisher.
  const publisher = createPublisher({ topology, ...connection });
  try {
    const { messageId } = await publisher.publish(type, data);
    return messageId;
  } finally {
    await publisher.close();
  }
}
