import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MailsView, SESSION_HEADER } from '../../src/lib/dashboard/api/index.ts';
import { barriers } from '../fixtures/axe.ts';
import { hasBrowser, useTabs, WIDTHS } from '../fixtures/browser.ts';
import { rawRequest } from '../fixtures/dashboard.ts';
import { isHarmless, turned } from '../fixtures/foreign-text.ts';
import { freePort } from '../fixtures/postgres.ts';

const MAILS = '/_pubsub/ui/api/mails';

describe.skipIf(!hasBrowser)('mails of the platform', () => {
  // A service that was killed is asked for.
  const pages = useTabs({ expected: /502 \(Bad Gateway\)/ });
  let port = 0;
  const up = async (): Promise<{ url: string; services: { name: string; pid: number }[] }> => {
    const env = { SMTP_PORT: String(port) };
    const { code, doc } = await pages.pubsub.json(['platform', 'up', '--port', '0'], { env });
    expect(code, JSON.stringify(doc)).toBe(0);
    return doc;
  };
  beforeAll(async () => {
    port = await freePort();
  });
  afterAll(async () => {
    await pages.pubsub.run(['platform', 'down']);
  });
  const send = async (mail: {
    readonly from?: string;
    readonly to?: string | string[];
    readonly subject: string;
    readonly text: string;
  }): Promise<void> => {
    const transport = createTransport({ host: '127.0.0.1', port });
    await transport.sendMail({ from: 'shop@example.com', to: 'ada@example.com', ...mail });
    transport.close();
  };
  const ask = async (headers: Record<string, string> = {}) => {
    const { port: at, hash } = new URL(pages.url);
    const own = { [SESSION_HEADER]: hash.replace('#session=', ''), ...headers };
    const { status, text } = await rawRequest(Number(at), MAILS, { headers: own });
    return { status, mails: (JSON.parse(text) as MailsView).mails, text };
  };

  it('stand there while it runs, as they come, and are text whatever is in them', async () => {
    const tab = await pages.open('mails');
    await tab.getByText('pubsub platform up').waitFor();
    expect(await barriers(tab)).toEqual([]);
    const { url, services } = await up();
    // The first administrator is welcomed.
    await tab.getByRole('button', { name: /admin@platform/ }).waitFor();

    // What a service sends comes through SMTP like all others.
    const person = { email: 'grace@example.com', name: 'Grace', password: 'correct horse battery' };
    const registered = await fetch(`${url}/api/v1/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(person),
    });
    expect(registered.status).toBe(201);
    const line = (text: string) =>
      tab.getByRole('button', { expanded: false }).filter({ hasText: text });
    await line('grace@example.com').click();
    await tab.getByRole('region', { name: 'Text' }).getByText('Hello Grace').waitFor();

    // The newest is the first, and what is open stays open.
    await send({
      from: 'user\u05d0\u202e@example.com',
      subject: '<script>window.owned=1</script>\u05d0\u202egpj.exe',
      text: '<script>window.owned=1</script><img src=x onerror="window.owned=1">\u05d0\u202egpj\u001b[2J',
    });
    await line('<script>window.owned=1').waitFor();
    const lines = tab.getByRole('main').getByRole('listitem');
    expect(await lines.first().textContent()).toContain('U+202Egpj.exe');
    await tab.getByRole('region', { name: 'Text' }).getByText('Hello Grace').waitFor();
    await line('<script>').click();
    const text = tab.getByRole('region', { name: 'Text' }).first();
    await text.getByText('<img src=x onerror="window.owned=1">').waitFor();
    expect(await text.textContent()).toContain('U+202Egpj␛[2J');
    await isHarmless(tab);
    expect(await turned(tab)).toEqual([]);
    for (const width of WIDTHS) {
      await tab.setViewportSize({ width, height: 800 });
      expect(await barriers(tab)).toEqual([]);
      const overflow = await tab.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect({ width, overflow }).toEqual({ width, overflow: 0 });
    }

    // Whoever may see the page, and nobody else, gets a bounded number of bounded texts and no more.
    const crowd = Array.from({ length: 8 }, (_, n) => `reader${n}@example.com`);
    for (let n = 0; n < 50; n++) {
      await send({
        to: crowd,
        subject: `${'s'.repeat(2_000)}`,
        text: `${n} ${'x'.repeat(20_000)}`,
      });
    }
    const { status, mails, text: answer } = await ask();
    expect([status, mails?.length]).toEqual([200, 50]);
    const [newest] = mails ?? [];
    expect(newest).toEqual({
      ...{ id: expect.any(Number), time: expect.any(Number), channel: 'email' },
      ...{ from: 'shop@example.com', to: crowd.slice(0, 5), others: 3, subject: 's'.repeat(1_000) },
      text: { text: expect.stringMatching(/^49 x{16381}$/), bytes: expect.any(Number), cut: true },
    });
    expect(answer).not.toMatch(/eyJ|Bearer/);
    expect((await ask({ [SESSION_HEADER]: 'another' })).status).toBe(401);
    const foreign: Record<string, string>[] = [
      { Origin: 'http://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { Host: 'evil.example' },
    ];
    for (const headers of foreign) expect((await ask(headers)).status).toBe(403);
    await lines.nth(49).waitFor();
    expect(await lines.count()).toBe(50);

    // One that was killed is missed, and found again.
    process.kill(services.find(({ name }) => name === 'notifications')?.pid ?? 0, 'SIGKILL');
    await tab.getByText('The notifications service of the platform can not be asked').waitFor();
    await up();
    await tab.getByRole('alert').waitFor({ state: 'hidden' });
    await send({ subject: 'after it', text: 'came back' });
    await line('after it').waitFor();
    expect((await pages.pubsub.run(['platform', 'down'])).code).toBe(0);
    await tab.getByText('pubsub platform up').waitFor();
  });
});
