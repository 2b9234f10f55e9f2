/** A member of a JSON object, its value as it is written: `29.90` stays `29.90`. */
export interface JsonMember {
  readonly name: string;
  readonly value: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** Whether a text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The members of a JSON object at its first level; undefined for a text that is no JSON object. */
export function membersOf(text: string): JsonMember[] | undefined {
  if (!isJson(text) || !text.trimStart().startsWith('{')) return undefined;
  const members: JsonMember[] = [];
  let depth = 0;
  let name = '';
  let start = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const endsMember = (token === ',' && depth === 1) || (token === '}' && depth === 1);
    if (endsMember && start > 0) members.push({ name, value: text.slice(start, index).trim() });
    if (endsMember) start = 0;
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth !== 1 || start > 0) continue;
    if (token === ':') start = index + 1;
    else if (token.startsWith('"')) name = JSON.parse(token);
  }
  return members;
}

/** The JSON text of an object. Values are JSON text and stay to the letter. */
export function objectOf(members: readonly JsonMember[]): string {
  if (members.length === 0) return '{}';
  const lines = members.map(({ name, value }) => `  ${JSON.stringify(name)}: ${value}`);
  return `{\n${lines.join(',\n')}\n}`;
}

/** The same on one line, as command lines have it. */
export function compactObjectOf(members: readonly JsonMember[]): string {
  return `{${members.map(({ name, value }) => `${JSON.stringify(name)}:${value}`).join(',')}}`;
}

/** A JSON text with a line for each member, its strings and numbers to the letter; other texts come back as they are. */
export function indented(text: string): string {
  if (!isJson(text)) return text;
  const parts: string[] = [];
  let depth = 0;
  let last = '';
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  for (const [token] of text.matchAll(TOKEN)) {
    const closes = token === '}' || token === ']';
    const isEmpty = closes && (last === '{' || last === '[');
    if (closes) depth--;
    const opened = last === '{' || last === '[';
    if (!isEmpty && (closes || opened || last === ',')) parts.push(newLine());
    parts.push(token === ':' ? ': ' : token);
    if (token === '{' || token === '[') depth++;
    last = token;
  }
  return parts.join('');
}
