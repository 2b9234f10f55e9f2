import { parseSync } from 'vite';

const COMPARISONS = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
};
const ARITHMETIC = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' };
const LOGICAL = { '&&': '||', '||': '&&' };
const METHODS = {
  __proto__: null,
  some: 'every',
  every: 'some',
  min: 'max',
  max: 'min',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
};
/** Fields of a node that hold no code that runs. */
const TYPES = new Set(['typeAnnotation', 'returnType', 'typeParameters', 'typeArguments']);

/**
 * The small changes of a TypeScript file that a test should notice.
 * @returns {{ start: number, end: number, text: string, isStatement: boolean }[]} each with what stands in its place;
 * a statement is left out.
 */
export function mutantsOf(file, code) {
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const mutants = [];
  const text = ({ start, end }) => code.slice(start, end);
  const replace = ({ start, end }, by) =>
    mutants.push({ start, end, text: by, isStatement: false });
  const leaveOut = ({ start, end }) => mutants.push({ start, end, text: '', isStatement: true });

  const decide = (test) => {
    for (const by of ['true', 'false']) replace(test, by);
  };

  const visitors = {
    BinaryExpression(node) {
      const other =
        COMPARISONS[node.operator] ?? (isSum(node) ? ARITHMETIC[node.operator] : undefined);
      if (other) replace(node, `${text(node.left)} ${other} ${text(node.right)}`);
    },
    LogicalExpression(node) {
      const other = LOGICAL[node.operator];
      if (other) replace(node, `(${text(node.left)}) ${other} (${text(node.right)})`);
      else replace(node, text(node.left));
    },
    UnaryExpression(node) {
      if (node.operator === '!') replace(node, text(node.argument));
    },
    IfStatement: ({ test }) => decide(test),
    ConditionalExpression: ({ test }) => decide(test),
    Literal(node) {
      if (typeof node.value === 'number') replace(node, `(${node.raw} + 1)`);
      if (typeof node.value === 'boolean') replace(node, String(!node.value));
      if (typeof node.value === 'string' && /^[\w.:-]+$/.test(node.value))
        replace(node, "'mutated'");
    },
    CallExpression(node) {
      const { callee } = node;
      const other = callee.type === 'MemberExpression' && METHODS[callee.property.name];
      if (!other || callee.computed) return;
      const rest = code.slice(callee.property.end, node.end);
      replace(node, `${code.slice(node.start, callee.property.start)}${other}${rest}`);
    },
    ExpressionStatement(node) {
      const call =
        node.expression.type === 'AwaitExpression' ? node.expression.argument : node.expression;
      // `super(…)` can't be left out.
      if (call.type === 'CallExpression' && call.callee.type !== 'Super') leaveOut(node);
    },
    ThrowStatement: leaveOut,
  };

  const walk = (node, parent, key) => {
    if (Array.isArray(node)) {
      for (const each of node) walk(each, parent, key);
      return;
    }
    if (typeof node?.type !== 'string' || isOutside(node, parent, key)) return;
    visitors[node.type]?.(node);
    for (const [name, value] of Object.entries(node)) {
      if (!TYPES.has(name) && typeof value === 'object') walk(value, node, name);
    }
  };
  walk(program.body, program, 'body');
  return mutants;
}

/** Whether a `+` is of numbers as far as one can see. */
function isSum({ operator, left, right }) {
  const isText = ({ type, value }) => type === 'TemplateLiteral' || typeof value === 'string';
  return operator !== '+' || !(isText(left) || isText(right));
}

/** Names, types, imports: what is not an expression. */
function isOutside(node, parent, key) {
  if (/^(Import|ExportAll|TSInterface|TSTypeAlias|TSDeclare)/.test(node.type)) return true;
  if (node.type.startsWith('TS')) return !/^TS(As|Satisfies|NonNull)/.test(node.type);
  const isName = key === 'key' && !parent.computed;
  return isName || (key === 'source' && parent.type.startsWith('Export'));
}

/**
 * The code with all its mutants in it: `__mutant(n)` says whether the n-th from `first` on is the one that lives, and
 * `__loading` counts the modules that are just being loaded.
 */
export function instrument(code, mutants, first) {
  const numbered = mutants
    .map((mutant, index) => ({ ...mutant, id: first + index }))
    .sort(
      (a, b) => a.start - b.start || b.end - a.end || Number(b.isStatement) - Number(a.isStatement),
    );
  const print = (start, end, inside) => {
    let out = '';
    let at = start;
    for (let index = 0; index < inside.length; ) {
      const outer = inside[index];
      const rest = inside.slice(index + 1).filter((each) => each.start < outer.end);
      index += 1 + rest.length;
      const original = print(outer.start, outer.end, rest);
      out += code.slice(at, outer.start);
      out += outer.isStatement
        ? `{ if (!__mutant(${outer.id})) { ${original} } }`
        : `(__mutant(${outer.id}) ? (${outer.text}) : (${original}))`;
      at = outer.end;
    }
    return out + code.slice(at, end);
  };
  return `__loading(1);${print(0, code.length, numbered)}\n__loading(-1);`;
}
