import type { Block, ReportDocument } from './document.ts';
import type { Figure } from './figure.ts';
import type { Table } from './table.ts';

/** Sets a report as GitHub-flavoured Markdown; figures are links to the `.svg` files beside it, with their tables below. */
export function reportMarkdown(document: ReportDocument): string {
  const lines = [
    `# ${plain(document.title)}`,
    `*${plain(document.kicker)}. ${plain(document.evidence)}*`,
    ...(document.synthetic ? [`> **${SYNTHETIC}**`] : []),
    ...document.warnings.map((warning) => `> **Note.** ${plain(warning)}`),
    `**${plain(document.verdict)}**`,
    ...document.sections.flatMap((section) => [
      `## ${plain(section.title)}`,
      ...section.blocks.flatMap(blockMarkdown),
    ]),
  ];
  return `${lines.join('\n\n')}\n`;
}

/** Said on top of every report whose numbers were made up. */
export const SYNTHETIC = 'Synthetic data: these numbers were made up to show the form of a report.';

function blockMarkdown(block: Block): string[] {
  switch (block.kind) {
    case 'paragraph':
      return [plain(block.text)];
    case 'list':
      return [bullets(block.items)];
    case 'columns':
      return block.columns.flatMap(({ title, items }) => [`### ${plain(title)}`, bullets(items)]);
    case 'facts':
      return [
        block.facts
          .map(({ name, value, code }) => `- ${plain(name)}: ${code ? inlineCode(value) : plain(value)}`)
          .join('\n'),
      ];
    case 'command':
      return [`\`\`\`sh\n${block.text}\n\`\`\``];
    case 'table':
      return tableMarkdown(block.table);
    case 'figures':
      return block.figures.flatMap(figureMarkdown);
  }
}

function figureMarkdown(figure: Figure): string[] {
  return [
    `### ${plain(figure.title)}`,
    `![${plain(figure.description)}](${figure.id}.svg)`,
    plain(figure.caption),
    ...tableMarkdown(figure.table),
  ];
}

/** A table as Markdown: its caption, and its lines. */
export function tableMarkdown(table: Table): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const body = table.rows.map((cells) =>
    row(
      cells.map((text, i) =>
        table.columns[i]?.kind === 'code' && text !== '' ? inlineCode(text) : plain(text),
      ),
    ),
  );
  return [
    `*${plain(table.caption)}*`,
    [
      row(table.columns.map(({ title }) => plain(title))),
      row(table.columns.map(({ kind }) => (kind === 'number' ? '---:' : '---'))),
      ...body,
    ].join('\n'),
  ];
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${plain(item)}`).join('\n');
}

/** Text from profiles and tasks must not become markup: escapes what Markdown and the HTML within it would read. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, (space) => (space === '\u202f' || space === '\u00a0' ? space : ' '))
    .replace(/[\\`*_[\]<>|#]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`));
}

function inlineCode(text: string): string {
  return `\`${text.replace(/[`|\n]/g, ' ')}\``;
}
