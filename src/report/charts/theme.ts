/** Measures of a drawing; colours come by class from `chartStyles`, so that one drawing serves light, dark and print. */
export interface Theme {
  readonly width: number;
  readonly height: number;
  /** Prefix that keeps ids of several drawings on one page apart. */
  readonly id: string;
}

/** Font size of all chart text, pixels. */
export const FONT_SIZE = 12;

/** Drawing widths, pixels: half a page, a whole page, a phone. */
export const HALF = 448;
export const FULL = 920;
export const PHONE = 340;

/** Inks of one page: what a palette must name. Values are CSS colours (or `var(...)` within the page). */
export interface Palette {
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly paper: string;
  readonly arms: readonly string[];
}

/** Eight inks that stay apart for the common colour blindnesses (after Okabe and Ito), darkened to 4.5:1 on white. */
export const LIGHT: Palette = {
  ink: '#1b2430',
  muted: '#566170',
  rule: '#dde2e8',
  paper: '#ffffff',
  arms: ['#b14a00', '#0b66b0', '#007a5c', '#5a6b7f', '#9d3f7f', '#7a6200', '#4b53b8', '#a02c2c'],
};

/** The same inks for a dark page. */
export const DARK: Palette = {
  ink: '#e8ecf1',
  muted: '#a3aebb',
  rule: '#343d49',
  paper: '#14181e',
  arms: ['#f0934e', '#5fb2f2', '#3ecba2', '#a9b6c6', '#e6a0cd', '#dcc155', '#a9afff', '#f08a8a'],
};

/** Rules for the classes that charts use, under a selector. */
export function chartStyles(palette: Palette, scope = 'svg'): string {
  const arms = palette.arms.map((colour, i) => `${scope} .arm-${i}{color:${colour}}`);
  return [
    `${scope} text{font:${FONT_SIZE}px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:currentColor;font-variant-numeric:tabular-nums}`,
    `${scope} .strong{font-weight:600}`,
    `${scope} .ink{color:${palette.ink}}`,
    `${scope} .muted{color:${palette.muted}}`,
    `${scope} .rule{color:${palette.rule}}`,
    `${scope} .paper{fill:${palette.paper}}`,
    ...arms,
  ].join('\n');
}

/** Class of the ink of arm number i; with more arms than inks they come round again (markers and names still differ). */
export function armClass(i: number): string {
  return `arm-${i % LIGHT.arms.length}`;
}

/** Width of a text in pixels, estimated: there is no font to ask when drawing without a browser. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/[\u202f\u2009 .,:;'|iljtfI()[\]]/.test(letter)) width += 0.34;
    else if (/[mwMW@%]/.test(letter)) width += 0.92;
    else if (/[A-Z0-9+\u2212]/.test(letter)) width += 0.66;
    else width += 0.585;
  }
  return width * FONT_SIZE;
}
