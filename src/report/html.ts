import type { Block, ReportDocument, Section } from './document.ts';
import type { Drawings } from './drawings.ts';
import { escapeMarkup } from './escape.ts';
import type { Figure } from './figure.ts';
import { SYNTHETIC } from './markdown.ts';
import { pageStyle } from './page-style.ts';
import type { Table } from './table.ts';

/** A holdfast: the branching foot by which seaweed grips rock. */
const MARK =
  '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" aria-hidden="true">' +
  '<path d="M12 2v8M12 10c0 4-1.2 6.2-7.5 11M12 10c0 4 1.2 6.2 7.5 11M12 10c0 5-.8 7.5-2.6 11M12 10c0 5 .8 7.5 2.6 11"/>' +
  '<path d="M12 5.2c-2.4 0-4-1-4.6-2.7M12 6.6c2.4 0 4-1 4.6-2.7"/></svg>';

const FOOTER =
  'This page is whole: it makes no request and runs no script. Its numbers are in summary.json and samples.csv beside it.';

/**
 * Sets a report as one HTML file that needs nothing beside it: style and figures inline, no script, no request
 * (its content security policy forbids any).
 * @param drawings the SVG of each figure, by its id
 */
export function reportHtml(document: ReportDocument, drawings: ReadonlyMap<string, Drawings>): string {
  const { kicker, title, verdict, evidence, warnings, synthetic, sections } = document;
  const notes = [...(synthetic ? [SYNTHETIC] : []), ...warnings];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    `<title>${escapeMarkup(`${title}: ${kicker.toLowerCase()}`)}</title>`,
    `<meta name="description" content="${escapeMarkup(verdict)}">`,
    `<style>${pageStyle()}</style>`,
    '</head>',
    '<body><div class="page">',
    '<header>',
    `<p class="kicker">${MARK}<span>holdfast \u00b7 ${escapeMarkup(kicker)}</span></p>`,
    `<h1>${escapeMarkup(title)}</h1>`,
    `<p class="evidence">${escapeMarkup(evidence)}</p>`,
    ...notes.map((note) => `<p class="note" role="note">${escapeMarkup(note)}</p>`),
    `<p class="verdict">${escapeMarkup(verdict)}</p>`,
    `<nav aria-label="Contents">${sections.map(({ id, title: name }) => `<a href="#${id}">${escapeMarkup(name)}</a> `).join('')}</nav>`,
    '</header>',
    '<main>',
    ...sections.map((section) => sectionHtml(section, drawings)),
    '</main>',
    `<footer>${escapeMarkup(document.footer ?? FOOTER)}</footer>`,
    '</div></body>',
    '</html>',
    '',
  ].join('\n');
}

function sectionHtml({ id, title, blocks }: Section, drawings: ReadonlyMap<string, Drawings>): string {
  return [
    `<section id="${id}">`,
    `<h2>${escapeMarkup(title)}</h2>`,
    ...blocks.map((block) => blockHtml(block, drawings)),
    '</section>',
  ].join('\n');
}

function blockHtml(block: Block, drawings: ReadonlyMap<string, Drawings>): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escapeMarkup(block.text)}</p>`;
    case 'list':
      return listHtml(block.items);
    case 'columns':
      return `<div class="columns">${block.columns.map(({ title, items }) => `<div><h3>${escapeMarkup(title)}</h3>${listHtml(items)}</div>`).join('')}</div>`;
    case 'facts':
      return `<dl>${block.facts
        .map(
          ({ name, value, code }) =>
            `<div><dt>${escapeMarkup(name)}</dt><dd${code ? ' class="code"' : ''}>${escapeMarkup(value)}</dd></div>`,
        )
        .join('')}</dl>`;
    case 'command':
      return `<pre><code>${escapeMarkup(block.text)}</code></pre>`;
    case 'table':
      return tableHtml(block.table);
    case 'figures':
      return `<div class="figures">${block.figures.map((figure) => figureHtml(figure, drawings.get(figure.id))).join('\n')}</div>`;
  }
}

function figureHtml(figure: Figure, drawn: Drawings | undefined): string {
  return [
    `<figure id="${figure.id}-figure" class="${figure.size}">`,
    `<h3>${escapeMarkup(figure.title)}</h3>`,
    drawn === undefined ? '' : drawn.wide + drawn.phone,
    `<figcaption>${escapeMarkup(figure.caption)}</figcaption>`,
    `<details><summary>Numbers</summary>${tableHtml(figure.table)}</details>`,
    '</figure>',
  ].join('\n');
}

function listHtml(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ul>`;
}

/** A table that scrolls sideways within itself where the screen is narrow; so it can be reached by keyboard. */
function tableHtml({ caption, columns, rows }: Table): string {
  const head = columns
    .map(({ title, kind }) => `<th scope="col" class="${kind}">${escapeMarkup(title)}</th>`)
    .join('');
  const body = rows
    .map((row) => {
      const cells = row.map((text, i) => {
        const kind = columns[i]?.kind ?? 'words';
        const inner = cellHtml(text);
        return i === 0
          ? `<th scope="row" class="${kind}">${inner}</th>`
          : `<td class="${kind}">${inner}</td>`;
      });
      return `<tr>${cells.join('')}</tr>`;
    })
    .join('\n');
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeMarkup(caption)}"><table><caption><span>${escapeMarkup(caption)}</span></caption>` +
    `<thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table></div>`
  );
}

/** Sets an interval behind its value a little back. */
function cellHtml(text: string): string {
  return escapeMarkup(text).replace(/ (\[[^\]]*\])$/, ' <span class="interval">$1</span>');
}
