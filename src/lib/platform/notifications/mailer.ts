import { createTransport } from 'nodemailer';
import { messageId } from './notice.ts';
import type { DueNotice } from './notice-store.ts';

/** Milliseconds for a connection, the server's first words, and silence on it. */
const TIMEOUTS = { connectionTimeout: 5_000, greetingTimeout: 5_000, socketTimeout: 10_000 };
/** Connections, and so mails, at once. */
export const CONNECTIONS = 3;

/** Sends emails to an SMTP server. */
export interface Mailer {
  /** Resolves once the server has taken it. @throws the server's refusal, or why it can't be reached */
  send(notice: DueNotice): Promise<void>;
  close(): void;
}

/** @param url such as `smtp://user:password@mail.example.com:587`; @param from the sender's address */
export function createMailer(url: string, from: string): Mailer {
  const transport = createTransport({
    ...{ ...TIMEOUTS, url, pool: true, maxConnections: CONNECTIONS },
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ eventId, recipient, recipientName, subject, body }) {
      await transport.sendMail({
        from,
        to: { name: recipientName, address: recipient },
        subject,
        text: body,
        messageId: messageId(eventId),
      });
    },
    close: () => transport.close(),
  };
}

/** Whether a server refused a mail for good: what is in it, or whom it is for. */
export function isRefusedForGood(error: unknown): boolean {
  const { code, responseCode = 0 } = error as { code?: string; responseCode?: number };
  return (
    (code === 'EENVELOPE' || code === 'EMESSAGE') && (responseCode >= 500 || responseCode === 0)
  );
}
