import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startMailServer } from '../../../src/lib/platform/notifications/mail-server.ts';
import { createMailer } from '../../../src/lib/platform/notifications/mailer.ts';
import { NOTIFICATION_MIGRATIONS } from '../../../src/lib/platform/notifications/migrations.ts';
import { messageId } from '../../../src/lib/platform/notifications/notice.ts';
import { findReceived } from '../../../src/lib/platform/notifications/received.ts';
import { freePort } from '../../fixtures/postgres.ts';
import { createTestLog } from './service.ts';
import { useDatabase } from './service-database.ts';

/** Debian's: another Python on the PATH doesn't have its packages. */
const PYTHON = '/usr/bin/python3';

function runs(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

const NO_SWAKS = !runs('swaks', '--version');
const NO_AIOSMTPD = !runs(PYTHON, '-c', 'import aiosmtpd');

describe.skipIf(NO_SWAKS)(`swaks${NO_SWAKS ? ' (skipped: not installed)' : ''}`, () => {
  const database = useDatabase(NOTIFICATION_MIGRATIONS);
  it('delivers mails that are kept, and is told what is too large', async () => {
    const log = createTestLog();
    const server = await startMailServer({ database: database(), host: '127.0.0.1', port: 0, log });
    const swaks = (...args: string[]) =>
      promisify(execFile)(
        'swaks',
        [
          ...['--server', server.url.replace('smtp://', ''), '--from', 'Sender@Example.org'],
          ...['--to', 'ada@example.com,Grace@example.com', ...args],
        ],
        // It prints all that it sends, and would be killed for too much of it.
        { maxBuffer: 16 * 1024 * 1024 },
      );
    try {
      await swaks(
        ...['--header', 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=', '--body', '.\nline 2\n..'],
        ...['--header', 'Message-Id: <1@example.org>'],
      );
      const large = join(tmpdir(), `swaks-${randomUUID()}`);
      writeFileSync(large, `${'x'.repeat(99)}\n`.repeat(10_500));
      try {
        const stdout = expect.stringMatching(/^<\*\* 552 /m);
        await expect(swaks('--body', `@${large}`)).rejects.toMatchObject({ stdout });
      } finally {
        rmSync(large);
      }
    } finally {
      await server.stop();
    }
    expect(await findReceived(database(), { limit: 5 })).toMatchObject([
      {
        ...{ channel: 'email', message_id: '<1@example.org>', from: 'Sender@Example.org' },
        ...{ to: ['ada@example.com', 'grace@example.com'], subject: 'Grüße' },
        body: expect.stringMatching(/^\.\r?\nline 2\r?\n\.\./),
      },
    ]);
    expect(log.errors).toEqual([]);
  });
});

describe.skipIf(NO_AIOSMTPD)(`aiosmtpd${NO_AIOSMTPD ? ' (skipped: not installed)' : ''}`, () => {
  it('gets mails with the Message-ID of their event', async () => {
    const port = await freePort();
    const server = spawn(
      PYTHON,
      [
        '-u',
        '-m',
        'aiosmtpd',
        '-n',
        '-l',
        `127.0.0.1:${port}`,
        '-c',
        'aiosmtpd.handlers.Debugging',
        'stdout',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const gone = new Promise((resolve) => server.once('exit', resolve));
    let text = '';
    server.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
    });
    try {
      await expect.poll(() => listens(port)).toBe(true);
      const mailer = createMailer(`smtp://127.0.0.1:${port}`, 'Shop <shop@example.com>');
      const eventId = randomUUID();
      await mailer.send({
        ...{ id: '1', eventId, attempts: 1, channel: 'email', recipient: 'ada@example.com' },
        ...{ recipientName: 'Ada', subject: 'Order 1: thank you', body: 'Hello Ada,\n.\n' },
      });
      mailer.close();
      await expect.poll(() => text).toContain('END MESSAGE');
      expect(text).toContain(`Message-ID: ${messageId(eventId)}`);
      expect(text).toContain('From: Shop <shop@example.com>');
      expect(text).toContain('To: Ada <ada@example.com>');
      expect(text).toContain('Subject: Order 1: thank you');
      expect(text).toMatch(/Hello Ada,\r?\n\.\r?\n/);
    } finally {
      server.kill();
      await gone;
    }
  });
});

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.end();
      resolve(true);
    });
  });
}
