import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import type { Broker } from '../config/target.ts';
import { brokerError, connectionLost } from './errors.ts';

/** Milliseconds until an address that takes no connection counts as dead. */
const CONNECTION_TIMEOUT_MS = 10_000;
/** Seconds between signs of life; a connection that shows none for twice as long is lost. */
const HEARTBEAT_SECONDS = 15;

/** The connection to a broker. It is made when it is needed, and anew after it was lost. */
export class Session {
  readonly broker: Broker;
  private connection: Promise<ChannelModel> | undefined;

  constructor(broker: Broker) {
    this.broker = broker;
  }

  /** A channel of its own. @throws AppError `EndpointUnreachable`, `AccessDenied` (exit 4), `VhostNotFound`. */
  channel(): Promise<Channel> {
    return this.open((connection) => connection.createChannel());
  }

  /** A channel on which the broker confirms what it has. @throws AppError as `channel`. */
  confirmChannel(): Promise<ConfirmChannel> {
    return this.open((connection) => connection.createConfirmChannel());
  }

  /** Ends the connection: the broker hands out anew what nobody acknowledged. Never throws. */
  async close(): Promise<void> {
    const open = this.connection;
    this.connection = undefined;
    await open?.then((connection) => connection.close()).catch(() => {});
  }

  private async open<C extends Channel>(make: (on: ChannelModel) => Promise<C>): Promise<C> {
    this.connection ??= this.connect();
    const connection = await this.connection;
    try {
      const channel = await make(connection);
      // What failed is told by the call that failed; without a listener it would end the process.
      channel.on('error', () => {});
      return channel;
    } catch (cause) {
      throw connectionLost(this.broker, cause);
    }
  }

  private connect(): Promise<ChannelModel> {
    const { tls, hostname, port, username, password, vhost } = this.broker;
    const forget = (): void => {
      if (this.connection === connecting) this.connection = undefined;
    };
    const connecting = connect(
      {
        protocol: tls ? 'amqps' : 'amqp',
        ...{ hostname, port, username, password, vhost },
        heartbeat: HEARTBEAT_SECONDS,
      },
      {
        timeout: CONNECTION_TIMEOUT_MS,
        noDelay: true,
        ...(tls ? { servername: hostname } : {}),
        clientProperties: { connection_name: `pubsub ${process.pid}` },
      },
    ).then(
      (connection) => {
        connection.on('error', forget);
        connection.on('close', forget);
        return connection;
      },
      (error: unknown) => {
        forget();
        throw brokerError(this.broker, error);
      },
    );
    return connecting;
  }
}
