import { chartStyles, DARK, LIGHT, type Palette } from './charts/theme.ts';

/** The page's whole style sheet: quiet type, one accent, light, dark and print; no font or picture is fetched. */
export function pageStyle(): string {
  return [
    `:root{color-scheme:light dark;${variables(LIGHT)};--wash:#f4f6f8;--accent:#0b66b0;--warn:#8a5a00;--warn-wash:#fdf5e2}`,
    `@media (prefers-color-scheme:dark){:root{${variables(DARK)};--wash:#1c222a;--accent:#5fb2f2;--warn:#e8c06a;--warn-wash:#2a2415}}`,
    LAYOUT,
    chartStyles(INKS, '.chart'),
    PRINT,
  ].join('\n');
}

/** The palette by name, so that one drawing follows the page into the dark and back. */
const INKS: Palette = {
  ink: 'var(--ink)',
  muted: 'var(--muted)',
  rule: 'var(--rule)',
  paper: 'var(--paper)',
  arms: LIGHT.arms.map((_, i) => `var(--arm-${i})`),
};

function variables(palette: Palette): string {
  const arms = palette.arms.map((colour, i) => `--arm-${i}:${colour}`).join(';');
  return `--ink:${palette.ink};--muted:${palette.muted};--rule:${palette.rule};--paper:${palette.paper};${arms}`;
}

const LAYOUT = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.page{max-width:968px;margin:0 auto;padding:40px 24px 72px}
header{border-bottom:1px solid var(--rule);padding-bottom:24px}
.kicker{display:flex;align-items:center;gap:9px;margin:0;color:var(--muted);font-size:14px;font-weight:600;letter-spacing:.02em}
.kicker svg{width:22px;height:22px;color:var(--accent)}
h1{margin:14px 0 0;font-size:clamp(1.5rem,1.1rem + 1.9vw,2.1rem);line-height:1.2;font-weight:650;letter-spacing:-.015em;overflow-wrap:anywhere}
.evidence{margin:8px 0 0;color:var(--muted);font-size:15px}
.verdict{margin:24px 0 0;padding:2px 0 2px 18px;border-left:4px solid var(--accent);font-size:clamp(1.05rem,1rem + .45vw,1.25rem);line-height:1.5;max-width:46em}
.note{margin:18px 0 0;padding:10px 14px;border-radius:6px;background:var(--warn-wash);color:var(--warn);font-size:15px}
nav{margin:20px 0 0;font-size:14px;line-height:2}
nav a{margin-right:16px;color:var(--muted);text-decoration:none;white-space:nowrap}
a:hover{text-decoration:underline}
a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:2px}
section{padding-top:44px}
h2{margin:0 0 14px;font-size:1.3rem;line-height:1.3;font-weight:650;letter-spacing:-.01em}
h3{margin:0;font-size:1rem;line-height:1.4;font-weight:650}
p,ul{max-width:44em}
p{margin:0 0 14px}
ul{margin:0 0 14px;padding-left:1.15em}
li{margin:0 0 6px}
li::marker{color:var(--muted)}
.figures{display:grid;grid-template-columns:1fr;gap:36px 24px}
@media (min-width:760px){.figures{grid-template-columns:1fr 1fr}.full{grid-column:1/-1}}
figure{margin:0;min-width:0}
figure h3{margin-bottom:10px}
.chart{display:block;width:100%;height:auto;max-width:100%;overflow:visible}
.chart.phone{display:none}
@media (max-width:520px){.chart.wide{display:none}.chart.phone{display:block}}
figcaption{margin:8px 0 0;color:var(--muted);font-size:14px;line-height:1.5;max-width:50em}
details{margin:8px 0 0;font-size:14px}
summary{display:inline-block;cursor:pointer;color:var(--accent);padding:3px 0}
summary::marker{content:""}
summary::-webkit-details-marker{display:none}
summary::before{content:"+";display:inline-block;width:1.1em;font-weight:650}
details[open]>summary::before{content:"\\2212"}
.scroll{overflow-x:auto;margin:6px 0 18px}
table{border-collapse:collapse;font-size:14px;line-height:1.4;font-variant-numeric:tabular-nums}
caption{caption-side:top;text-align:left;color:var(--muted);padding:0 0 8px}
caption span{display:block;position:sticky;left:0;width:fit-content;max-width:min(50em,calc(100vw - 48px))}
th,td{padding:6px 14px 6px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule);white-space:nowrap}
th:last-child,td:last-child{padding-right:2px}
thead th{color:var(--muted);font-weight:600;vertical-align:bottom;border-bottom-color:var(--muted)}
tbody th{font-weight:500}
.half caption span{max-width:min(30em,calc(100vw - 48px))}
.number{text-align:right}
thead .number{white-space:normal;min-width:5.5em}
.code,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:.92em}
.interval{color:var(--muted);font-size:.92em}
#glance table{font-size:15px;width:100%}
#glance td,#glance th{padding-top:8px;padding-bottom:8px}
.columns{display:grid;grid-template-columns:1fr;gap:4px 40px;margin-bottom:10px}
@media (min-width:640px){.columns{grid-template-columns:1fr 1fr}}
.columns h3{margin:6px 0}
dl{display:grid;grid-template-columns:1fr;gap:0;margin:0 0 22px;font-size:14px;line-height:1.5;border-top:1px solid var(--rule)}
dl div{display:grid;grid-template-columns:1fr;padding:6px 0;border-bottom:1px solid var(--rule)}
@media (min-width:640px){dl div{grid-template-columns:13em 1fr;gap:16px}}
dt{color:var(--muted)}
dd{margin:0;overflow-wrap:anywhere}
pre{margin:0 0 18px;padding:12px 14px;border-radius:6px;background:var(--wash);overflow-x:auto;font-size:13.5px;line-height:1.5}
footer{margin-top:52px;padding-top:14px;border-top:1px solid var(--rule);color:var(--muted);font-size:14px}
@media (max-width:520px){.page{padding:24px 16px 56px}section{padding-top:36px}th,td{padding-right:11px}caption span{max-width:calc(100vw - 34px)}#glance table{font-size:13px}#glance th,#glance td{padding-right:5px}#glance .interval{display:block;font-size:11px;letter-spacing:-.01em}thead .number{min-width:0}}`;

const PRINT = `@media print{
:root{${variables(LIGHT)};--wash:#f4f6f8;--accent:#0b66b0;--warn:#8a5a00;--warn-wash:#fdf5e2;color-scheme:light}
@page{margin:16mm 14mm}
body{font-size:10.5pt}
.page{max-width:none;padding:0}
nav{display:none}
.figures{grid-template-columns:1fr 1fr}.full{grid-column:1/-1}
.chart.wide{display:block}.chart.phone{display:none}
figure,tr,.note,dl div{break-inside:avoid}
h2,h3,caption{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}
.scroll{overflow:visible}
table{font-size:8.5pt}
th,td{white-space:normal}
}`;
