import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { within } from '../aws/within.ts';
import type { Broker } from '../config/target.ts';
import { brokerError, connectionLost } from './errors.ts';

/** Milliseconds until an address that takes no connection counts as dead. */
const CONNECTION_TIMEOUT_MS = 10_000;
/** Seconds between signs of life; a connection that shows none for twice as long is lost. */
const HEARTBEAT_SECONDS = 15;
/** Milliseconds that a broker has to answer. One that is short of memory or disk reads nothing more of who publishes. */
const ANSWER_TIMEOUT_MS = 15_000;
/** Milliseconds that a broker has to take leave. */
const CLOSE_TIMEOUT_MS = 5_000;

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

  /** The first number of the broker's version; 0 where it tells none. */
  async majorVersion(): Promise<number> {
    this.connection ??= this.connect();
    const { serverProperties } = (await this.connection).connection;
    return Number.parseInt(serverProperties.version, 10) || 0;
  }

  /** Ends the connection: the broker hands out anew what nobody acknowledged. Never throws. */
  async close(): Promise<void> {
    const open = this.connection;
    this.connection = undefined;
    if (open === undefined) return;
    const closed = open.then((connection) => connection.close());
    await within(CLOSE_TIMEOUT_MS, closed, noAnswer).catch(() => {});
  }

  private async open<C extends Channel>(make: (on: ChannelModel) => Promise<C>): Promise<C> {
    this.connection ??= this.connect();
    const connection = await this.connection;
    const made = make(connection).then((channel) => {
      // What failed is told by the call that failed; without a listener it would end the process.
      channel.on('error', () => {});
      return channel;
    });
    try {
      return await within(ANSWER_TIMEOUT_MS, made, noAnswer);
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

function noAnswer(): never {
  throw new Error('no answer in time');
}
