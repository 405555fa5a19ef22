import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';
import { packageRoot } from '../../src/core/paths.ts';

/** One import of a source file. */
export interface Import {
  /** What is imported: a package, `node:…`, or a path from the root such as `src/core/errors.ts`. */
  readonly target: string;
  /** `type` leaves no trace in the compiled file; `lazy` is `import()`. */
  readonly kind: 'value' | 'type' | 'lazy';
}

/** A source file as the architecture test sees it. */
export interface Source {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  /** What breaks a rule of style that can be read off the syntax, as `line 12: what`. */
  readonly faults: readonly string[];
}

/** Every TypeScript file under `folder` (a path from the root), except AssemblyScript. */
export function sourcesUnder(folder: string): Source[] {
  const root = packageRoot();
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.includes('/assembly/'))
    .sort()
    .map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}

/** Reads the imports and the faults off one file's text. */
export function readSource(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
  const imports: Import[] = [];
  const faults: string[] = [];
  const visit = (node: ts.Node): void => {
    const found = importOf(node, path);
    if (found !== undefined) imports.push(found);
    const fault = faultOf(node, path);
    if (fault !== undefined) {
      faults.push(`line ${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${fault}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, text, imports, faults };
}

function importOf(node: ts.Node, path: string): Import | undefined {
  const target = (literal: ts.Node | undefined): string | undefined => {
    if (literal === undefined || !ts.isStringLiteralLike(literal)) return undefined;
    return literal.text.startsWith('.') ? posix.join(dirname(path), literal.text) : literal.text;
  };
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const found = target(node.moduleSpecifier);
    if (found === undefined) return undefined;
    const isType = ts.isImportDeclaration(node)
      ? node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      : node.isTypeOnly;
    return { target: found, kind: isType ? 'type' : 'value' };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const found = target(node.argument.literal);
    return found === undefined ? undefined : { target: found, kind: 'type' };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const found = target(node.arguments[0]);
    return found === undefined ? undefined : { target: found, kind: 'lazy' };
  }
  return undefined;
}

/** Calls that print, end the process, or read a clock or a shared random source. */
const OUTSIDE =
  /^(console\.\w+|process\.(exit|exitCode|stdout|stderr)|Date\.now|performance\.now|Math\.random)$/;

function faultOf(node: ts.Node, path: string): string | undefined {
  const inCli = path.startsWith('src/cli/');
  if (ts.isPropertyAccessExpression(node) && OUTSIDE.test(node.getText())) {
    const what = node.getText();
    return inCli && what !== 'Math.random' ? undefined : `${what} belongs to src/cli or nowhere`;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !inCli)
    return 'new Date reads a clock';
  if (ts.isClassDeclaration(node) || ts.isClassExpression(node)) {
    const parent = node.heritageClauses?.[0]?.types[0]?.expression.getText() ?? '';
    return parent.endsWith('Error') ? undefined : 'a class that is no error';
  }
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'the type any';
  if (ts.isEnumDeclaration(node)) return 'an enum';
  if (ts.isModuleDeclaration(node) && !path.endsWith('.d.ts')) return 'a namespace';
  if (ts.isExportAssignment(node) && !path.endsWith('.d.ts')) return 'a default export';
  return undefined;
}
