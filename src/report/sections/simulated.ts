import type { ArmRecord } from '../../evaluate/run-record.ts';
import type { Block, Section } from '../document.ts';
import { formatTime, listOf } from '../names.ts';
import { inkedArms, type ReportData } from '../report-data.ts';

/** What was and what was not simulated, the device profile in short, and the check that an ideal device changes nothing. */
export function simulatedSection(data: ReportData): Section {
  const { run } = data;
  const columns = [
    { title: 'Simulated', items: run.simulated ?? [] },
    { title: 'Not simulated', items: run.notSimulated ?? [] },
  ].filter(({ items }) => items.length > 0);
  const blocks: Block[] = [];
  if (columns.length > 0) blocks.push({ kind: 'columns', columns });
  blocks.push({ kind: 'list', items: [...run.notes, ...settings(data), idealText(data)] });
  for (const group of profiles(data)) {
    const { profile } = group.arm;
    blocks.push({
      kind: 'facts',
      facts: [
        { name: 'device profile', value: profile.name, code: true },
        ...(group.only ? [] : [{ name: 'used by', value: listOf(group.labels) }]),
        { name: 'what it is', value: profile.description },
        { name: 'source', value: profile.source },
        // Named above already, beside what it is the source of.
        ...profile.facts.filter(({ name }) => name !== 'source'),
      ],
    });
  }
  return { id: 'simulated', title: 'What was simulated, and what was not', blocks };
}

function settings({ run }: ReportData): string[] {
  const compensation: Record<string, string> = {
    none: 'Drift is not compensated.',
    global: 'Drift is compensated by one gain a chip, from a reference read.',
    layer: 'Drift is compensated by one gain a row strip of each layer, from a reference read.',
    column: 'Drift is compensated by one gain a column, from a reference read.',
  };
  const reads =
    run.readMode === 'frozen'
      ? 'Read noise is frozen: one draw serves a whole evaluation.'
      : 'Read noise is live: drawn anew at each product.';
  const first = run.arms[0]?.profile.referenceSeconds;
  return [
    compensation[run.compensate] ?? `Drift compensation: ${run.compensate}.`,
    reads,
    ...(first === undefined
      ? []
      : [
          `Times count from the profile\u2019s reference read, ${formatTime(first)} after writing; a noise scale multiplies random spreads only.`,
        ]),
  ];
}

function idealText({ run }: ReportData): string {
  const check = run.idealCheck;
  if (check === null)
    return 'Whether an ideal device reproduces the digital model was not checked in this run.';
  const error = check.maxAbsoluteError === 0 ? '0' : check.maxAbsoluteError.toExponential(1);
  const bound = check.bound.toExponential(1);
  return check.passed
    ? `Check passed: with an ideal device the analog path gives the digital model\u2019s outputs (largest difference ${error}, bound ${bound}).`
    : `Check failed: with an ideal device the analog path differs from the digital model by ${error}, above the bound of ${bound}.`;
}

function profiles(
  data: ReportData,
): { readonly arm: ArmRecord; readonly labels: string[]; readonly only: boolean }[] {
  const groups = new Map<string, { arm: ArmRecord; labels: string[] }>();
  for (const { arm: name, label } of inkedArms(data)) {
    const arm = data.run.arms.find((record) => record.arm === name) as ArmRecord;
    const group = groups.get(arm.profile.sha256);
    if (group === undefined) groups.set(arm.profile.sha256, { arm, labels: [label] });
    else group.labels.push(label);
  }
  return [...groups.values()].map((group) => ({ ...group, only: groups.size === 1 }));
}
