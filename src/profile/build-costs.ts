import { shown } from './fault.ts';
import { type Finding, valueAt } from './finding.ts';
import type { CostKind } from './profile.ts';

interface Kind {
  readonly name: string;
  readonly example: string;
  /** The unit that a figure of this kind begins with; "pJ per column" and "fJ/op" are energies. */
  readonly unit: RegExp;
}

const KINDS: Readonly<Record<CostKind, Kind>> = {
  energy: { name: 'an energy', example: 'pJ', unit: /^[kmunpfaz]?(J|Wh|eV)$/u },
  latency: { name: 'a time', example: 'ns', unit: /^([munpf]?s|min|h|d|cycles?)$/u },
  area: { name: 'an area', example: 'mm2', unit: /^([mun]?m(2|\^2|²)|F(2|\^2|²))$/u },
};

/** What is wrong with the units of published figures, which are shown as their source has them and never converted. */
export function costFindings(root: unknown, sound: (pointer: string) => boolean): Finding[] {
  return Object.entries(KINDS).flatMap(([kind, own]) => {
    const figures = valueAt(root, `/costs/${kind}`);
    if (!Array.isArray(figures) || !sound(`/costs/${kind}`)) return [];
    return figures.flatMap((figure: { readonly unit: string }, i): Finding[] => {
      const [first = ''] = figure.unit
        .replace(/[µμ]/gu, 'u')
        .trim()
        .split(/[\s/*·]/u);
      if (own.unit.test(first)) return [];
      const other = Object.values(KINDS).find(({ unit }) => unit.test(first));
      const pointer = `/costs/${kind}/${i}/unit`;
      const what = `be ${own.name}, such as ${own.example}, got ${shown(figure.unit)}`;
      return other === undefined
        ? [{ severity: 'warning', pointer, message: `should ${what}`, cure: 'check the unit' }]
        : [
            {
              severity: 'error',
              pointer,
              message: `must ${what}, ${other.name}`,
              cure: 'mend the unit, or move the figure',
            },
          ];
    });
  });
}
