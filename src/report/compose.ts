import type { ReportDocument, Section } from './document.ts';
import type { Figure } from './figure.ts';
import { countOf, formatCount, listOf } from './names.ts';
import { mostChips, type ReportData } from './report-data.ts';
import { chipsSection } from './sections/chips.ts';
import { differencesSection } from './sections/differences.ts';
import { glanceSection } from './sections/glance.ts';
import { hardwareSection } from './sections/hardware.ts';
import { levelsSection } from './sections/levels.ts';
import { limitsSection } from './sections/limits.ts';
import { provenanceSection } from './sections/provenance.ts';
import { simulatedSection } from './sections/simulated.ts';
import { sourcesSection } from './sections/sources.ts';
import { spreadsSection } from './sections/spreads.ts';

/** Composes the report in reading order: answer, evidence, conditions of validity, provenance. */
export function composeReport(data: ReportData): ReportDocument {
  const { run, summary } = data;
  const sections: (Section | null)[] = [
    glanceSection(data),
    levelsSection(data),
    differencesSection(data),
    chipsSection(data),
    sourcesSection(data),
    spreadsSection(data),
    simulatedSection(data),
    limitsSection(data),
    hardwareSection(data),
    provenanceSection(data),
  ];
  const profiles = [...new Set(run.arms.map((arm) => arm.profile.name))];
  return {
    kicker: 'Robustness report',
    title: `${run.task.name} on ${listOf(profiles)}`,
    verdict: summary.verdict,
    evidence: [
      countOf(mostChips(data), 'chip'),
      `${formatCount(run.task.examples)} ${run.task.split} examples`,
      countOf(run.conditions.length, 'condition'),
      `${countOf(run.reads, 'read')} a chip`,
      countOf(run.arms.length, 'adapter'),
    ].join(' \u00b7 '),
    warnings: summary.warnings,
    synthetic: summary.synthetic,
    sections: sections.filter((section) => section !== null),
  };
}

/** All figures of a report, in order. */
export function figuresOf(document: ReportDocument): readonly Figure[] {
  return document.sections.flatMap((section) =>
    section.blocks.flatMap((block) => (block.kind === 'figures' ? block.figures : [])),
  );
}
