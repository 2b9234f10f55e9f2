import { compileCidr } from '../cidr.ts';
import { InvalidPolicy } from './invalid-policy.ts';
import { compilePattern, type PatternOptions, type TextPattern } from './text-pattern.ts';

/** A family of operators that compare in one way; `Not…` forms say the opposite. */
interface Comparison {
  readonly negated: boolean;
  /** Compiles one value of the policy. @throws InvalidPolicy when it can't be one */
  readonly compile: (value: string, variables: boolean) => TextPattern;
}

function text(options: PatternOptions): Comparison['compile'] {
  return (value, variables) => compilePattern(value, { ...options, variables });
}

/** ARNs are compared part by part: a `*` doesn't reach across a colon, except in the last of the six parts. */
function arn(value: string, variables: boolean): TextPattern {
  const plain = !/[*?]|\$\{/.test(value);
  if (plain) return (found) => found === value;
  if (value === '*') return () => true;
  const parts = splitArn(value);
  const patterns = parts.map((part) => compilePattern(part, { wildcards: true, variables }));
  return (found, request) => {
    const given = splitArn(found);
    return (
      given.length === patterns.length &&
      patterns.every((pattern, index) => pattern(given[index] ?? '', request))
    );
  };
}

/** The six parts of an ARN; colons inside `${…}` belong to the variable. */
function splitArn(value: string): string[] {
  const parts = [''];
  let inVariable = false;
  for (let at = 0; at < value.length; at += 1) {
    const char = value.charAt(at);
    if (char === '$' && value[at + 1] === '{') inVariable = true;
    if (char === '}') inVariable = false;
    if (char === ':' && !inVariable && parts.length < 6) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function bool(value: string): TextPattern {
  const wanted = value.toLowerCase();
  if (wanted !== 'true' && wanted !== 'false')
    throw new InvalidPolicy(`"${value}" is not a boolean`);
  return (found) => found.toLowerCase() === wanted;
}

type Order = (found: number, wanted: number) => boolean;

function ordered(
  read: (value: string) => number,
  what: string,
  order: Order,
): Comparison['compile'] {
  return (value) => {
    const wanted = read(value);
    if (Number.isNaN(wanted)) throw new InvalidPolicy(`"${value}" is not a ${what}`);
    return (found) => {
      const given = read(found);
      return !Number.isNaN(given) && order(given, wanted);
    };
  };
}

function readNumber(value: string): number {
  return value.trim() === '' ? Number.NaN : Number(value);
}

/** Seconds since 1970, or a date of ISO 8601. */
function readDate(value: string): number {
  return /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value);
}

function address(value: string): TextPattern {
  const inside = compileCidr(value, true);
  if (inside === undefined) throw new InvalidPolicy(`"${value}" is not an IP address or block`);
  return (found) => inside(found);
}

const orders: Readonly<Record<string, Order>> = {
  equals: (a, b) => a === b,
  lessthan: (a, b) => a < b,
  lessthanequals: (a, b) => a <= b,
  greaterthan: (a, b) => a > b,
  greaterthanequals: (a, b) => a >= b,
};

function families(): Map<string, Comparison> {
  const map = new Map<string, Comparison>();
  const both = (name: string, notName: string, compile: Comparison['compile']) => {
    map.set(name, { negated: false, compile });
    map.set(notName, { negated: true, compile });
  };
  both('stringequals', 'stringnotequals', text({}));
  both('stringequalsignorecase', 'stringnotequalsignorecase', text({ ignoreCase: true }));
  both('stringlike', 'stringnotlike', text({ wildcards: true }));
  both('arnequals', 'arnnotequals', arn);
  both('arnlike', 'arnnotlike', arn);
  both('ipaddress', 'notipaddress', address);
  map.set('bool', { negated: false, compile: bool });
  map.set('binaryequals', { negated: false, compile: text({}) });
  for (const [name, order] of Object.entries(orders)) {
    map.set(`numeric${name}`, { negated: false, compile: ordered(readNumber, 'number', order) });
    map.set(`date${name}`, { negated: false, compile: ordered(readDate, 'date', order) });
  }
  const equals: Order = (a, b) => a === b;
  map.set('numericnotequals', { negated: true, compile: ordered(readNumber, 'number', equals) });
  map.set('datenotequals', { negated: true, compile: ordered(readDate, 'date', equals) });
  return map;
}

/** Operators by name in lower case ("IAM JSON policy elements: Condition operators"); `Null` is apart. */
export const COMPARISONS: ReadonlyMap<string, Comparison> = families();
