import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CHECK_PROGRAM,
  findProgram,
  missingArgument,
  whyNotRunnable,
} from '../../../src/lib/consume/handlers/find-program.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pubsub-find-'));
  for (const each of ['empty', 'bin', 'bin/folder']) mkdirSync(join(folder, each));
  program('bin/tool', '#!/bin/sh\n');
  program('bin/python3', '#!/bin/sh\n');
  program('bin/plain', '#!/bin/sh\n', 0o644);
  writeFileSync(join(folder, 'there.py'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, text: string, mode = 0o755): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const at = (name: string) => join(folder, name);
/** A search path whose first folder has nothing, one of them as it is seen from the working folder. */
const searchPath = () => [at('empty'), 'bin'].join(delimiter);
const find = (name: string, args: readonly string[] = []) =>
  findProgram(name, searchPath(), folder, args);

describe('the file of a program', () => {
  it('is found on the PATH, or seen from the working folder', () => {
    expect(find('tool')).toBe(at('bin/tool'));
    expect(find('./bin/tool')).toBe(at('bin/tool'));
    expect(find(at('bin/tool'))).toBe(at('bin/tool'));
  });

  it.each([
    ['nosuch', 'There is no program "nosuch" on the PATH.', '--shell'],
    // Neither a folder nor what may not be executed is a program of the PATH.
    ['folder', 'There is no program "folder" on the PATH.', CHECK_PROGRAM],
    ['plain', 'There is no program "plain" on the PATH.', CHECK_PROGRAM],
    ['./nosuch', 'There is no file ', CHECK_PROGRAM],
    ['./bin', ' is not a program that can be run.', CHECK_PROGRAM],
    ['./bin/plain', 'plain may not be executed.', 'chmod +x '],
  ])('is not there: %s', (name, message, hint) => {
    expect(() => find(name)).toThrow(
      expect.objectContaining({
        ...{ code: 'ProgramNotFound', exitCode: 2 },
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      }),
    );
  });

  it('has its script beside it, where it is an interpreter', () => {
    expect(find('python3', ['there.py'])).toBe(at('bin/python3'));
    expect(() => find('python3', ['gone.py'])).toThrow(
      expect.objectContaining({ message: `There is no file ${at('gone.py')}.`, exitCode: 2 }),
    );
    // An option, a module's name, and what a program that is no interpreter gets are not files.
    for (const args of [[], ['-u'], ['-m.x'], ['module'], ['-c', 'gone.py']]) find('python3', args);
    find('tool', ['gone.py']);
  });

  it('is known with its files: what of them is gone is named', () => {
    const script = program('going.py', '');
    find('python3', ['going.py', 'never.txt', '-u']);
    expect(missingArgument(['going.py', 'never.txt'], folder)).toBeUndefined();
    rmSync(script);
    expect(missingArgument(['never.txt', 'going.py'], folder)).toEqual({
      message: `The file ${script} is gone.`,
      hint: CHECK_PROGRAM,
    });
  });
});

describe('why a file can not be run', () => {
  const why = (file: string) => whyNotRunnable(file, searchPath(), folder, 'Do this.');

  it('is that its working folder is gone, or it, with the advice for that', () => {
    expect(whyNotRunnable(at('bin/tool'), '', at('nowhere'))).toEqual({
      message: `The working folder ${at('nowhere')} is gone.`,
      hint: 'Go to one that is there.',
    });
    expect(why(at('no'))).toEqual({ message: `There is no file ${at('no')}.`, hint: 'Do this.' });
    expect(why(at('bin'))?.hint).toBe('Do this.');
  });

  it.each([
    ['no first line', 'x'],
    ['nothing in it', ''],
    ['an interpreter', '#!/bin/sh\n'],
    ['blanks before it', '#! \t/bin/sh -e\n'],
    ['env', '#!/usr/bin/env tool\n'],
    ['env with options and variables', '#!/usr/bin/env -S A=b tool -u\n'],
    ['env with a path', '#!/usr/bin/env /nowhere/x\n'],
    ['an interpreter of the working folder', '#!bin/tool\n'],
    ['none named', '#!\n'],
  ])('is nothing: %s', (_, text) => {
    expect(why(program('good', text))).toBeUndefined();
  });

  it.each([
    ['\ufeff#!/bin/sh\n', 'begins with a byte order mark', "sed -i '1s/"],
    ['#!/bin/sh\r\n', 'its first line asks for "/bin/sh\\r".', "sed -i 's/\\r$//' "],
    ['#!/no/such\n', 'asks for the interpreter /no/such, which is not there.', 'Install it'],
    ['#!/usr/bin/env nosuch tool\n', 'asks for the interpreter nosuch', 'change the first line'],
    ['#!bin/folder\n', 'asks for the interpreter bin/folder', 'Install it'],
  ])('is the first line %j', (text, message, hint) => {
    expect(why(program('bad', text))).toEqual({
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it('is not looked for in what may be executed and not read', () => {
    const file = program('secret', '#!/no/such\n', 0o111);
    // Root reads everything.
    expect(why(file) === undefined).toBe(process.getuid?.() !== 0);
  });
});
