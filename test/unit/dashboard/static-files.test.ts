import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { staticFiles } from '../../../src/lib/dashboard/http/static-files.ts';

it('finds a page that was built after it was first asked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pubsub-files-'));
  const built = join(folder, 'ui');
  try {
    const fileAt = staticFiles(built);
    expect(fileAt('')).toBeUndefined();
    mkdirSync(built);
    writeFileSync(join(built, 'index.html'), '<p>');
    expect(fileAt('')?.body.toString()).toBe('<p>');
    expect(fileAt('../index.html')).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
