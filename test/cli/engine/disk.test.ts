import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { usePubsub } from '../../fixtures/pubsub.ts';
import { useSmallDisk } from '../../fixtures/small-disk.ts';

const disk = useSmallDisk('256k');

const FULL = 'there is no space left on the disk';
const READ_ONLY = 'the file system is read-only';

describe.skipIf(disk === undefined)('a disk that takes no more', () => {
  const folder = disk ?? '';
  /** An engine that could not start may have its log open a little longer than the command that started it. */
  const remount = (how: 'rw' | 'ro') =>
    vi.waitFor(() => execFileSync('mount', ['-o', `remount,${how}`, folder], { stdio: 'pipe' }), {
      timeout: 60_000,
    });
  beforeEach(async () => {
    await remount('rw');
    for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
    for (const name of ['config/pubsub', 'state/pubsub', 'project']) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    writeFileSync(join(folder, 'config/pubsub/config.yaml'), 'region: eu-west-1\n');
    writeFileSync(join(folder, 'project/pubsub.yaml'), 'endpointUrl: http://example.com:1\n');
  });
  const fill = () => {
    try {
      writeFileSync(join(folder, 'ballast'), Buffer.alloc(1024 * 1024));
    } catch {
      // That is the point.
    }
  };
  const pubsub = usePubsub();
  const run = (args: readonly string[], within = '.') =>
    pubsub.run(args, {
      cwd: join(folder, within),
      env: { XDG_CONFIG_HOME: join(folder, 'config'), XDG_STATE_HOME: join(folder, 'state') },
    });

  it.each([
    [['use', 'local'], 'config.yaml'],
    [['use', '--reset'], 'config.yaml'],
    [['trust', '--yes'], 'trusted.json'],
  ])('%j names the file and the disk, and leaves nothing half written', async (args, file) => {
    const config = join(folder, 'config/pubsub');
    const before = readdirSync(config);
    for (const [spoil, problem] of [
      [fill, FULL],
      [() => remount('ro'), READ_ONLY],
    ] as const) {
      await spoil();
      const { code, stderr } = await run(args, 'project');
      expect(stderr).toContain(`${join(config, file)} can't be written: ${problem}.`);
      expect(code).toBe(1);
      expect(readdirSync(config)).toEqual(before);
    }
  });

  it('names the folder at the first start of the engine, and leaves nothing but its log', async () => {
    const state = join(folder, 'state/pubsub');
    for (const [spoil, problem] of [
      [fill, FULL],
      [() => remount('ro'), READ_ONLY],
    ] as const) {
      await spoil();
      for (const args of [
        ['local', 'start', '--port', '0'],
        ['local', 'run', '--port', '0'],
        ['publish', 'order.created'],
      ]) {
        const { code, stderr } = await run(args);
        expect(stderr).toContain(
          `The local engine can't write to its state folder ${state}: ${problem}.`,
        );
        expect(stderr).toContain('XDG_STATE_HOME=');
        expect(code).toBe(1);
      }
      expect(readdirSync(state)).toEqual(['engine.log']);
    }
  });

  it('lets a full one be reset, and names one that is read-only', async () => {
    mkdirSync(join(folder, 'state/pubsub/journal'));
    fill();
    expect((await run(['local', 'reset', '--yes'])).code).toBe(0);
    expect(readdirSync(join(folder, 'state/pubsub'))).toEqual([]);

    mkdirSync(join(folder, 'state/pubsub/journal'));
    await remount('ro');
    const { code, stderr } = await run(['local', 'reset', '--yes']);
    expect(stderr).toContain(`The state in ${join(folder, 'state/pubsub')} can't be deleted`);
    expect(stderr).toContain(READ_ONLY);
    expect(code).toBe(1);
  });
});
