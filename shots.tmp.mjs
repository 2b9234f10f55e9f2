import { chromium } from 'playwright-core';
const [url, ...views] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const theme of (process.env.THEMES ?? 'light').split(',')) for (const width of (process.env.WIDTHS ?? '1280').split(',').map(Number)) {
  const page = await browser.newPage({ viewport: { width, height: width > 600 ? 800 : 844 }, colorScheme: theme });
  page.on('console', (m) => console.log(theme, width, m.type(), m.text().slice(0,300)));
  page.on('pageerror', (e) => console.log('ERROR', e.message.slice(0, 500)));
  await page.goto(url);
  await page.waitForSelector('.connection.live', {timeout: 15000}).catch(() => console.log('not live'));
  console.log('fcp', await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime"));
  for (const view of views) {
    const [v, click] = view.split('@@');
    await page.evaluate((h) => { location.hash = h; }, `#/${v}`);
    await page.waitForTimeout(1800);
    if (click) { await page.locator(click).first().click(); await page.waitForTimeout(1200); }
    await page.screenshot({ path: `/tmp/shots/${view.replace(/[^a-z0-9]+/gi, '_').slice(0,48)}-${width}-${theme}.png` });
    if (await page.locator('dialog').count()) await page.keyboard.press('Escape');
  }
  await page.close();
}
await browser.close();
