import type { ArmRecord, RunRecord, TrainingRecord } from '../../evaluate/run-record.ts';
import type { Block, FactLine, Section } from '../document.ts';
import { formatCount, formatMetric, methodName, number } from '../names.ts';
import { inkedArms, type ReportData } from '../report-data.ts';

/** How many seeds are written out before the list is cut. */
const MOST_SEEDS = 24;

/** All that one needs to make the run again, and to see that it was this one. */
export function provenanceSection(data: ReportData): Section {
  const { run } = data;
  const arms = inkedArms(data).map(({ arm, label }) => ({
    label,
    record: run.arms.find((record) => record.arm === arm) as ArmRecord,
    training: run.training?.find((record) => record.arm === arm),
  }));
  const blocks: Block[] = [{ kind: 'facts', facts: runFacts(run) }];
  for (const { label, record, training } of arms) {
    blocks.push({ kind: 'facts', facts: armFacts(run, label, record, training) });
  }
  if (run.command !== undefined) {
    blocks.push(
      { kind: 'paragraph', text: 'To make this run again:' },
      { kind: 'command', text: run.command },
    );
  }
  return { id: 'provenance', title: 'Provenance', blocks };
}

function runFacts(run: RunRecord): FactLine[] {
  const { task, machine, engine } = run;
  const seeds = run.chips.slice(0, MOST_SEEDS).join(' ');
  return [
    { name: 'made by', value: `${run.tool.name} ${run.tool.version}` },
    { name: 'task', value: `${task.name}, ${task.split} split, ${formatCount(task.examples)} examples` },
    { name: 'data', value: `${task.origin}; ${task.licence}` },
    { name: 'seed of the run', value: String(run.seed) },
    {
      name: 'chip seeds',
      value: run.chips.length > MOST_SEEDS ? `${seeds} \u2026 (${run.chips.length} in run.json)` : seeds,
    },
    { name: 'reads a chip', value: `${run.reads}, ${run.readMode}` },
    {
      name: 'engine',
      value: `${engine.name} ${engine.version}, ${engine.threads} thread${engine.threads === 1 ? '' : 's'}`,
    },
    {
      name: 'machine',
      value: `${machine.cpu}, ${machine.platform} ${machine.arch}, Node ${machine.node.replace(/^v/, '')}`,
    },
    ...(machine.features.length > 0 ? [{ name: 'CPU features', value: machine.features.join(' ') }] : []),
  ];
}

function armFacts(
  run: RunRecord,
  label: string,
  record: ArmRecord,
  training: TrainingRecord | undefined,
): FactLine[] {
  const { adapter, bundle, model, profile } = record;
  const method: FactLine[] =
    adapter === null
      ? [{ name: 'adapter', value: 'none' }]
      : [
          {
            name: 'method',
            value: `${methodName(adapter.method)}, ${formatCount(adapter.trainableParameters)} trainable parameters (${formatCount(adapter.trainableParametersWithHead)} with the head), deployed ${record.deployment}`,
          },
          ...optionFacts(adapter.options),
        ];
  return [
    { name: 'arm', value: label === record.arm ? label : `${label} (${record.arm})` },
    ...method,
    ...trainingFacts(run, training),
    { name: `bundle ${bundle.name}`, value: bundle.sha256, code: true },
    { name: `model ${model.name}`, value: model.sha256, code: true },
    ...(adapter === null ? [] : [{ name: 'adapter file', value: adapter.sha256, code: true }]),
    { name: `profile ${profile.name}`, value: profile.sha256, code: true },
  ];
}

/** Short options in one line; long ones (lists of layers, targets by layer) stay in the adapter's own file. */
function optionFacts(options: Readonly<Record<string, unknown>>): FactLine[] {
  const short = Object.entries(options).flatMap(([name, value]) => {
    const plain = typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean';
    return plain && String(value).length <= 40
      ? [`${name} ${typeof value === 'number' ? number(value) : value}`]
      : [];
  });
  return short.length === 0 ? [] : [{ name: 'options', value: short.join(', ') }];
}

function trainingFacts(run: RunRecord, training: TrainingRecord | undefined): FactLine[] {
  if (training === undefined) return [];
  const { seed, epochs, steps, batch, examples, learningRate, cleanProbe, facts = [] } = training;
  const parts = [
    ...(examples === undefined ? [] : [`${formatCount(examples)} examples`]),
    ...(epochs === undefined ? [] : [`${epochs} epoch${epochs === 1 ? '' : 's'}`]),
    ...(steps === undefined ? [] : [`${formatCount(steps)} steps`]),
    ...(batch === undefined ? [] : [`batch ${batch}`]),
    ...(learningRate === undefined ? [] : [`learning rate ${learningRate}`]),
    ...(seed === undefined ? [] : [`seed ${seed}`]),
  ];
  return [
    ...(parts.length === 0 ? [] : [{ name: 'training', value: parts.join(', ') }]),
    ...(cleanProbe === undefined
      ? []
      : [{ name: 'its frozen probe', value: formatMetric(run.task.mainMetric, cleanProbe) }]),
    ...facts.map(({ name, value }) => ({ name, value })),
  ];
}
