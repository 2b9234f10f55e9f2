import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMailReader } from '../../../src/lib/platform/run/mails.ts';
import { writePlatform } from '../../../src/lib/platform/run/record.ts';
import { startDashboard, type TestDashboard } from '../../fixtures/dashboard.ts';
import { isIndependent, useEndpoint } from '../../fixtures/endpoint.ts';
import { newPlace } from '../../fixtures/topology.ts';

describe.skipIf(isIndependent)('mails on the page', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'pubsub-mails-'));
  const endpoint = useEndpoint();
  let page: TestDashboard;
  beforeAll(async () => {
    const place = await newPlace(endpoint);
    page = await startDashboard(place, endpoint, {
      readsNeedToken: false,
      readMails: createMailReader(stateDir),
    });
  });
  afterAll(async () => {
    await page.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("are nobody's without the token, also where the rest of the page is everybody's", async () => {
    expect((await page.raw('/_pubsub/ui/api/comparison')).status).toBe(200);
    expect((await page.raw('/_pubsub/ui/api/mails')).status).toBe(401);
  });

  it('are none where no platform was started, or all of one has ended', async () => {
    expect(await page.ask('mails')).toEqual({ mails: null });
    // This process runs, and is no service of that platform.
    const service = { name: 'notifications', pid: process.pid, port: 9 } as const;
    writePlatform(stateDir, { instance: 'gone', ownsEngine: false, services: [service] });
    expect(await page.ask('mails')).toEqual({ mails: null });
  });
});
