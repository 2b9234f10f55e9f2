import type { BinaryOperator, Expression } from './parse.ts';

/** Values by the start of their period, in milliseconds since the epoch. */
export type TimeSeries = ReadonlyMap<number, number>;
/** What an expression comes to: one number, or a number for each period that has one. */
export type MathValue = number | TimeSeries;

const OPERATIONS: Readonly<Record<BinaryOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};

/**
 * Evaluates an expression. Two series are joined where both have a value; what comes to no number, as a division by zero,
 * is left out.
 *
 * @param valueFor the queries by id. @param periods all of them, which `FILL` fills
 */
export function evaluate(
  expression: Expression,
  valueFor: (id: string) => MathValue,
  periods: readonly number[],
): MathValue {
  const value = (each: Expression): MathValue => evaluate(each, valueFor, periods);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'id':
      return valueFor(expression.id);
    case 'negative':
      return join([value(expression.of)], ([a = 0]) => -a);
    case 'binary': {
      const operation = OPERATIONS[expression.operator];
      return join([value(expression.left), value(expression.right)], ([a = 0, b = 0]) =>
        operation(a, b),
      );
    }
    case 'if':
      return choose(expression.args.map(value));
    case 'fill': {
      const by = expression.by === 'REPEAT' ? 'REPEAT' : value(expression.by);
      return fill(value(expression.of), by, periods);
    }
  }
}

function join(
  values: readonly MathValue[],
  operation: (at: readonly number[]) => number,
): MathValue {
  const all = values.filter((each) => typeof each !== 'number');
  if (all.length === 0) return operation(values as readonly number[]);
  const joined = new Map<number, number>();
  for (const time of all[0]?.keys() ?? []) {
    const at = values.map((each) => (typeof each === 'number' ? each : each.get(time)));
    if (!at.every((each) => each !== undefined)) continue;
    const result = operation(at);
    if (Number.isFinite(result)) joined.set(time, result);
  }
  return joined;
}

/** `IF(condition, then, else)`: the branch that isn't chosen need not have a value. */
function choose([condition = 0, then = 0, otherwise]: readonly MathValue[]): MathValue {
  const at = (value: MathValue | undefined, time: number) =>
    typeof value === 'number' ? value : value?.get(time);
  if (typeof condition === 'number') return (condition === 0 ? otherwise : then) ?? new Map();
  const chosen = new Map<number, number>();
  for (const [time, holds] of condition) {
    const result = at(holds === 0 ? otherwise : then, time);
    if (result !== undefined && Number.isFinite(result)) chosen.set(time, result);
  }
  return chosen;
}

function fill(of: MathValue, by: MathValue | 'REPEAT', periods: readonly number[]): MathValue {
  if (typeof of === 'number') return of;
  const filled = new Map<number, number>();
  let last: number | undefined;
  for (const time of periods) {
    last = of.get(time) ?? (by === 'REPEAT' ? last : typeof by === 'number' ? by : by.get(time));
    if (last !== undefined) filled.set(time, last);
  }
  return filled;
}
