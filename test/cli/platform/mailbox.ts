import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** What a mail says. */
export interface Mail {
  readonly subject: string;
  readonly messageId: string;
}

/** A mail server that is nobody's but the test's, and what it has accepted. */
export interface Mailbox {
  readonly url: string;
  readonly mails: readonly Mail[];
  stop(): Promise<void>;
}

/** Starts one on a free port. */
export async function startMailbox(): Promise<Mailbox> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, _, accept) {
      buffer(stream).then((source) => {
        const [head = ''] = source.toString('utf8').split('\r\n\r\n');
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? '';
        mails.push({ subject: field('Subject'), messageId: field('Message-ID') });
        accept();
      }, accept);
    },
  });
  // Who sends is killed now and then.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The mails with a subject, by the number of their order. @param subject with the number as its first group */
export function byOrder(mails: readonly Mail[], subject: RegExp): Map<number, readonly Mail[]> {
  const found = new Map<number, readonly Mail[]>();
  for (const mail of mails) {
    const order = Number(subject.exec(mail.subject)?.[1] ?? 0);
    if (order > 0) found.set(order, [...(found.get(order) ?? []), mail]);
  }
  return found;
}
