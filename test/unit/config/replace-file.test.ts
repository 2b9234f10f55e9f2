import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { replaceFile } from '../../../src/lib/config/replace-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'pubsub-replace-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('replacing a file', () => {
  it('keeps the link that leads to it', () => {
    const [file, link] = [join(folder, 'file'), join(folder, 'link')];
    writeFileSync(file, 'old');
    symlinkSync('file', link);
    replaceFile(link, 'new');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['file', 'link']);
  });

  it('writes to a device, which stays one', () => {
    replaceFile('/dev/null', 'text');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('refuses a pipe, and a folder', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(() => replaceFile(pipe, 'text')).toThrow('it is no regular file');
    expect(() => replaceFile(folder, 'text')).toThrow('it is a folder');
    expect(statSync(pipe).isFIFO()).toBe(true);
  });
});
