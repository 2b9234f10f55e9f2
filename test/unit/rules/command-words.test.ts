import { describe, expect, it } from 'vitest';
import { splitCommand } from '../../../src/lib/rules/text/command-words.ts';

describe('splitCommand', () => {
  it.each([
    ['node handle.js', ['node', 'handle.js']],
    ['  node\t handle.js  ', ['node', 'handle.js']],
    [`sh -c 'read e; echo "$e" | jq .'`, ['sh', '-c', 'read e; echo "$e" | jq .']],
    [`say "two words" it"'"s`, ['say', 'two words', "it's"]],
    [String.raw`a\ b "c\"d" '\n' \\`, ['a b', 'c"d', '\\n', '\\']],
    [`cat ''`, ['cat', '']],
    ['cat a\\', ['cat', 'a\\']],
    ['echo $HOME | wc > *', ['echo', '$HOME', '|', 'wc', '>', '*']],
    ['C:\\\\tools\\\\run.exe', ['C:\\tools\\run.exe']],
  ])('reads %s', (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  it.each(['', '   ', "''"])('refuses the empty command "%s"', (line) => {
    expect(() => splitCommand(line)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it.each([`sh -c 'open`, 'say "open'])('refuses a quote that is not closed: %s', (line) => {
    expect(() => splitCommand(line)).toThrow('not closed');
  });
});
