import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Database } from '../../database/database.ts';
import type { ServiceLog } from '../service/log.ts';
import { keepReceived } from './received.ts';

/** Bytes of a mail at the most. */
const MAIL_LIMIT = 1_048_576;
/** Milliseconds after which a silent client is let go, and that one has to end in while the server stops. */
const TIMEOUT_MS = { silence: 30_000, closing: 2_000 };

/** A mail server that delivers to nobody, and keeps what it gets. */
export interface MailServer {
  /** Such as `smtp://127.0.0.1:1025`. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface MailServerOptions {
  readonly database: Database;
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly log: ServiceLog;
}

/**
 * Starts the mail server; a mail is kept before it is accepted.
 * @throws the error of `listen` where address or port can't be had
 */
export async function startMailServer(options: MailServerOptions): Promise<MailServer> {
  const { database, host, port, log } = options;
  const server = new SMTPServer({
    name: 'pubsub-platform',
    size: MAIL_LIMIT,
    disabledCommands: ['AUTH', 'STARTTLS'],
    socketTimeout: TIMEOUT_MS.silence,
    closeTimeout: TIMEOUT_MS.closing,
    logger: false,
    onData(stream, session, answer) {
      receive(database, stream, session).then(
        () => answer(),
        (error: unknown) => answer(refused(error, log)),
      );
    },
  });
  // A client that breaks its connection is nobody's concern.
  server.on('error', (error) => log.warn('mail server', { reason: error.message }));
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: taken } = server.server.address() as AddressInfo;
  return {
    url: `smtp://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

class TooLarge extends Error {}

async function receive(
  database: Database,
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
): Promise<void> {
  const source = await buffer(stream);
  if (stream.sizeExceeded) throw new TooLarge();
  const mail = await PostalMime.parse(source);
  await keepReceived(database, {
    channel: 'email',
    messageId: mail.messageId ?? null,
    sender: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
    recipients: envelope.rcptTo.map(({ address }) => address.toLowerCase()),
    subject: mail.subject ?? '',
    body: mail.text ?? '',
    source: source.toString('utf8'),
  });
}

function refused(error: unknown, log: ServiceLog): Error {
  const isTooLarge = error instanceof TooLarge;
  if (!isTooLarge) log.error('a mail was not kept', { reason: String(error) });
  const message = isTooLarge ? `At most ${MAIL_LIMIT} bytes.` : 'Try again later.';
  return Object.assign(new Error(message), { responseCode: isTooLarge ? 552 : 451 });
}
