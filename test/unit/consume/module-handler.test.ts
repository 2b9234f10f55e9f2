import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handlerInFile, loadHandler } from '../../../src/lib/consume/handlers/module-handler.ts';
import { loadTopologyHandler } from '../../../src/lib/consume/handlers/topology-handler.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-module-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const DOUBLES = 'export default (event) => event * 2;\n';
const SAID = handlerInFile('mail');

describe('a module that handles events', () => {
  it.each(['a.mjs', 'a.js', 'a.cjs'])('is loaded from %s', async (name) => {
    const text = name === 'a.cjs' ? 'module.exports = (event) => event * 2;\n' : DOUBLES;
    // So that a.js is a module.
    file('package.json', '{"type":"module"}');
    const handle = await loadHandler(file(name, text));
    expect(handle(21, {} as never)).toBe(42);
  });

  it.each(['nosuch.mjs', 'nosuch.py'])('is not there: %s', async (name) => {
    const path = join(folder, name);
    await expect(loadHandler(path)).rejects.toMatchObject({
      ...{ code: 'HandlerNotFound', exitCode: 2, hint: 'Check --handler.' },
      message: `There is no file ${path}.`,
    });
    const hint = 'Check the handler of mail in the file.';
    await expect(loadHandler(path, SAID)).rejects.toMatchObject({ hint });
  });

  it.each(['a.py', 'a', 'a.tsx'])('is none: %s', async (name) => {
    const path = file(name, DOUBLES);
    await expect(loadHandler(path)).rejects.toMatchObject({
      ...{ code: 'InvalidHandler', exitCode: 2 },
      message: `${path} is not a JavaScript or TypeScript module.`,
      hint: '--handler takes .js, .mjs, .cjs, .ts, .mts; for other programs: --exec',
    });
    await expect(loadHandler(path, SAID)).rejects.toMatchObject({
      hint: expect.stringMatching(
        /^the handler of mail in the file takes .*: handler: \{ exec: … \}$/,
      ),
    });
  });

  it.each([
    ['throws.mjs', "throw new Error('not today');", 'not today'],
    ['throws-text.mjs', "throw 'a text';", 'a text'],
    ['imports.mjs', "import 'nosuch-package';", 'nosuch-package'],
  ])('can not be loaded: %s', async (name, text, why) => {
    const path = file(name, text);
    await expect(loadHandler(path)).rejects.toMatchObject({
      ...{ code: 'InvalidHandler', exitCode: 2, hint: 'Check --handler.' },
      message: expect.stringMatching(new RegExp(`^${path} could not be loaded: .*${why}`)),
    });
  });

  it.each([
    ['nothing', 'export const handler = () => {};'],
    ['an object', 'export default { handle() {} };'],
  ])('has no function as its default export, but %s', async (name, text) => {
    await expect(loadHandler(file(`${name}.mjs`, text))).rejects.toMatchObject({
      ...{ code: 'InvalidHandler', exitCode: 2 },
      message: expect.stringContaining('has no function as its default export.'),
      hint: expect.stringContaining('export default async function'),
    });
  });
});

describe.skipIf('typescript' in process.features)('a module in TypeScript', () => {
  it('is loaded by the tsx of its project alone', async () => {
    const path = file('typed.mts', 'export default (event: number): number => event * 2;\n');
    await expect(loadHandler(path)).rejects.toMatchObject({
      ...{ code: 'InvalidHandler', exitCode: 2 },
      message: `Node ${process.version} cannot run TypeScript: ${path}`,
      hint: expect.stringContaining('npm install --save-dev tsx'),
    });
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(resolve('node_modules/tsx'), join(folder, 'node_modules/tsx'));
    const handle = await loadHandler(path);
    rmSync(join(folder, 'node_modules'), { recursive: true });
    expect(handle(21, {} as never)).toBe(42);
  });
});

describe('the handler of a subscriber in the file', () => {
  const load = (handler: object | undefined, from: string | undefined = folder) =>
    loadTopologyHandler({ folder: from }, { name: 'mail', handler } as never);

  it('is a module beside it, or none', async () => {
    file('beside.mjs', DOUBLES);
    expect((await load({ module: 'beside.mjs' }))?.(2, {} as never)).toBe(4);
    expect(await load(undefined)).toBeUndefined();
    expect(await load({ exec: 'cat' })).toBeUndefined();
  });

  it('is named in what is wrong with it', async () => {
    await expect(load({ module: './gone.mjs' })).rejects.toMatchObject({
      message: `There is no file ${join(folder, 'gone.mjs')}.`,
      hint: 'Check the handler of mail in the file.',
    });
  });
});
