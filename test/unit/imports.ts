import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

const SOURCE = join(import.meta.dirname, '../../src');

/** Every module of the sources, by its path in `src`. */
export const FILES = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.[cm]?[jt]sx?$/.test(file),
);

/** Every module of the page, by its path from `src`. */
export const WEB_FILES = readdirSync(join(SOURCE, '../web'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => join('../web', file));

/** One import of a file, in whatever form it is written. */
export interface Import {
  readonly file: string;
  /** A file by its path from `src`, or a package. */
  readonly target: string;
  /** Names types alone: nothing is loaded. */
  readonly typeOnly: boolean;
  /** `import()`: loaded when it is called. */
  readonly lazy: boolean;
}

/** What a file imports. @throws Error for an `import()` of a name that is made up when it runs. */
export function importsOf(file: string): readonly Import[] {
  const known = read.get(file);
  if (known) return known;
  const found = readImports(file, readFileSync(join(SOURCE, file), 'utf8'));
  read.set(file, found);
  return found;
}

const read = new Map<string, readonly Import[]>();

/** The imports of a text. @param file where it stands. */
export function readImports(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (source: unknown, how: { typeOnly?: boolean; lazy?: boolean } = {}): void => {
    const name = literal(source);
    if (name === undefined) throw new Error(`${file} imports what is known only when it runs`);
    const target = name.startsWith('.')
      ? relative(SOURCE, join(SOURCE, dirname(file), name))
      : name;
    found.push({ file, target, typeOnly: how.typeOnly ?? false, lazy: how.lazy ?? false });
  };
  const addRequired = (source: unknown): void => {
    if (!isUsersCode(file, source)) add(source);
  };
  visit(parseAst(text, { lang: file.endsWith('x') ? 'tsx' : 'ts' }), (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
        add(node.source, { typeOnly: node.importKind === 'type' });
        break;
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        if (node.source !== null) add(node.source, { typeOnly: node.exportKind === 'type' });
        break;
      case 'ImportExpression':
        if (!isUsersCode(file, node.source)) add(node.source, { lazy: true });
        break;
      case 'TSImportType':
        add(node.source, { typeOnly: true });
        break;
      case 'TSExternalModuleReference':
        add(node.expression);
        break;
      case 'CallExpression':
        if (isRequire(node.callee)) addRequired((node.arguments as unknown[])[0]);
        break;
    }
  });
  return found;
}

/** Where code of the user's is loaded, whose name is known when it runs. */
const LOADS_USERS_CODE = [
  'lib/consume/handlers/module-handler.ts',
  'lib/engine/services/lambda/bootstraps/',
];

function isUsersCode(file: string, source: unknown): boolean {
  const mayLoad = LOADS_USERS_CODE.some((each) => file.startsWith(each));
  return mayLoad && literal(source) === undefined;
}

/** `require` or `createRequire(…)`. */
function isRequire(callee: unknown): boolean {
  const { type, name, callee: inner } = callee as Record<string, unknown>;
  if (type === 'Identifier') return name === 'require';
  return type === 'CallExpression' && (inner as Record<string, unknown>).name === 'createRequire';
}

/** The text of a literal, also of a template without variables. */
function literal(node: unknown): string | undefined {
  const { type, value, quasis } = node as Record<string, unknown>;
  if (type === 'Literal' && typeof value === 'string') return value;
  const [only, ...others] = (quasis ?? []) as { value: { cooked: string } }[];
  return type === 'TemplateLiteral' && others.length === 0 ? only?.value.cooked : undefined;
}

function visit(node: unknown, see: (node: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(node)) for (const each of node) visit(each, see);
  else if (typeof node === 'object' && node !== null) {
    if ('type' in node) see(node as Readonly<Record<string, unknown>>);
    for (const each of Object.values(node)) visit(each, see);
  }
}
