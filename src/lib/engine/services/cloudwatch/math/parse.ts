import { notHere, validationError } from '../errors.ts';
import { type Token, tokensOf } from './tokens.ts';

/** Operators of two values. */
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||';

/** A metric math expression, read. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'negative'; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'if'; readonly args: readonly Expression[] }
  | { readonly kind: 'fill'; readonly of: Expression; readonly by: Expression | 'REPEAT' };

/** From the loosest to the tightest. */
const PRECEDENCE: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/'],
];
const WORDS: Readonly<Record<string, BinaryOperator>> = { AND: '&&', OR: '||' };
/** Characters of an expression, as AWS bounds it: what reads and evaluates it goes as deep as it has operators. */
const MAX_LENGTH = 2_048;
/** As deep as an expression may be nested. */
const DEEPEST = 64;
const SUPPORTED = '+ - * / ( ), comparisons, AND, OR, IF and FILL';

/**
 * Reads a metric math expression: arithmetic, comparisons, `AND`, `OR`, `IF` and `FILL`.
 *
 * @throws ServiceError `ValidationError`: for what is no expression, and in words for the functions that AWS has and the
 * engine hasn't
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_LENGTH) {
    throw validationError(`An expression has at most ${MAX_LENGTH} characters.`);
  }
  const tokens = tokensOf(text);
  if (tokens === undefined) throw unreadable(text);
  return new Parser(text, tokens).read();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  read(): Expression {
    const expression = this.#binary(0);
    if (this.#at < this.#tokens.length) throw this.#refused();
    return expression;
  }

  #binary(level: number): Expression {
    const operators = PRECEDENCE[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === undefined || token.kind === 'number' || !operators.includes(token.text)) {
        return left;
      }
      this.#at += 1;
      const operator = WORDS[token.text] ?? (token.text as BinaryOperator);
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) };
    }
  }

  #unary(): Expression {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw unreadable(this.#text);
    const expression: Expression = this.#takes('-')
      ? { kind: 'negative', of: this.#unary() }
      : this.#primary();
    this.#depth -= 1;
    return expression;
  }

  #primary(): Expression {
    if (this.#takes('(')) {
      const inner = this.#binary(0);
      this.#expect(')');
      return inner;
    }
    const token = this.#tokens[this.#at];
    if (token === undefined || token.kind === 'operator') throw this.#refused();
    this.#at += 1;
    if (token.kind === 'number') return { kind: 'number', value: token.value };
    return this.#takes('(') ? this.#call(token.text) : { kind: 'id', id: token.text };
  }

  #call(name: string): Expression {
    if (name !== 'IF' && name !== 'FILL') {
      throw notHere(`the metric math function ${name}: it has ${SUPPORTED}`);
    }
    const args: Expression[] = [this.#binary(0)];
    while (this.#takes(',')) args.push(this.#binary(0));
    this.#expect(')');
    if (name === 'IF') {
      if (args.length < 2 || args.length > 3) throw unreadable(this.#text);
      return { kind: 'if', args };
    }
    const [of, by] = args;
    if (of === undefined || by === undefined || args.length > 2) throw unreadable(this.#text);
    if (by.kind !== 'id') return { kind: 'fill', of, by };
    if (by.id === 'LINEAR') throw notHere('FILL by LINEAR');
    return { kind: 'fill', of, by: by.id === 'REPEAT' ? 'REPEAT' : by };
  }

  #takes(operator: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'operator' || token.text !== operator) return false;
    this.#at += 1;
    return true;
  }

  #expect(operator: string): void {
    if (!this.#takes(operator)) throw this.#refused();
  }

  #refused(): Error {
    const token = this.#tokens[this.#at];
    if (token?.kind === 'operator' && '^%[\'"]'.includes(token.text)) {
      return notHere(`"${token.text}" in metric math: it has ${SUPPORTED}`);
    }
    return unreadable(this.#text);
  }
}

function unreadable(text: string): Error {
  return validationError(`Error in expression '${text}': Invalid syntax`);
}

/** The ids of queries that an expression is about. */
export function idsIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'number':
      return [];
    case 'id':
      return [expression.id];
    case 'negative':
      return idsIn(expression.of);
    case 'binary':
      return [...idsIn(expression.left), ...idsIn(expression.right)];
    case 'if':
      return expression.args.flatMap(idsIn);
    case 'fill':
      return [...idsIn(expression.of), ...(expression.by === 'REPEAT' ? [] : idsIn(expression.by))];
  }
}
