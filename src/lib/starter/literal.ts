import { isRecord } from '../events/json-value.ts';
import type { Language } from './starter.ts';

const NOTHING: Readonly<Record<Language, string>> = { ts: 'null', python: 'None', ruby: 'nil' };
const STEP: Readonly<Record<Language, string>> = { ts: '  ', python: '    ', ruby: '  ' };
/** Characters of a line. */
const WIDTH = 90;

/** A JSON value as a literal of a language, numbers to the letter; an object's entries a line each. */
export function literal(value: unknown, language: Language): string {
  if (!isRecord(value) || Object.keys(value).length === 0) return inLine(value, language);
  const step = STEP[language];
  const lines = Object.entries(value).map(([name, each]) => {
    const line = `${step}${keyOf(name, language)}${inLine(each, language)},\n`;
    if (line.length <= WIDTH || !isRecord(each)) return line;
    const inner = literal(each, language).replaceAll('\n', `\n${step}`);
    return `${step}${keyOf(name, language)}${inner},\n`;
  });
  return `{\n${lines.join('')}}`;
}

function inLine(value: unknown, language: Language): string {
  if (value === null || value === undefined) return NOTHING[language];
  if (typeof value === 'boolean' && language === 'python') return value ? 'True' : 'False';
  if (typeof value === 'string') return quoted(value, language);
  if (Array.isArray(value)) return `[${value.map((each) => inLine(each, language)).join(', ')}]`;
  if (!isRecord(value)) return String(value);
  const entries = Object.entries(value).map(
    ([name, each]) => `${keyOf(name, language)}${inLine(each, language)}`,
  );
  if (entries.length === 0) return '{}';
  const padding = language === 'python' ? '' : ' ';
  return `{${padding}${entries.join(', ')}${padding}}`;
}

function keyOf(name: string, language: Language): string {
  if (language === 'ts') return `${propertyName(name)}: `;
  return `${quoted(name, language)}${language === 'ruby' ? ' => ' : ': '}`;
}

/** A property's name in TypeScript. */
export function propertyName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : quoted(name, 'ts');
}

/** A text between the quotation marks that are usual in the language. */
export function quoted(text: string, language: Language): string {
  const double = JSON.stringify(text);
  if (language === 'python') return double;
  if (!/['\\\p{Cc}]/u.test(text)) return `'${text}'`;
  // Ruby fills in #{…} between double ones.
  return language === 'ruby' ? double.replaceAll('#', '\\#') : double;
}
