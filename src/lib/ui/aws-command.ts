import type { MadeCall } from '../aws/made-calls.ts';
import { shellWord } from '../rules/text/command-words.ts';

/** What only looks, and what a consumer does all the time, would drown the rest. */
const UNSHOWN = /^(?:Get|List|Describe|Filter|Scan|Receive|ChangeMessageVisibility|DeleteMessage)/;

/**
 * A call as a command line of the AWS CLI, as many lines as it needs; nothing for calls that only look.
 * @param columns that a line may have.
 */
export function awsCommand({ service, action, input }: MadeCall, columns: number): string[] {
  if (UNSHOWN.test(action)) return [];
  const words = [
    `aws ${service} ${kebab(action)}`,
    ...Object.entries(withoutBytes(input)).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${kebab(name)}${optionValue(value)}`],
    ),
  ];
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 3 <= columns) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(lines.length === 0 ? word : `  ${word}`);
    }
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

/** A function's code is a file on a command line. */
function withoutBytes(input: MadeCall['input']): MadeCall['input'] {
  const { Code, ZipFile, ...rest } = input;
  return Code === undefined && ZipFile === undefined
    ? input
    : { ...rest, ZipFile: 'fileb://code.zip' };
}

/** `QueueUrl` as `queue-url`, `SetSMSAttributes` as `set-sms-attributes`. */
function kebab(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

function optionValue(value: unknown): string {
  // The CLI takes the presence of a switch for true.
  if (value === true) return '';
  return ` ${shellWord(typeof value === 'string' ? value : JSON.stringify(value))}`;
}
