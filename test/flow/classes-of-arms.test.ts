import test from 'ava';
import type { Bundle } from '../../src/compile/bundle.ts';
import { UsageError } from '../../src/core/errors.ts';
import { classesOfArms } from '../../src/flow/classes-of-arms.ts';

const MODEL = { name: 'tiny', sha256: 'm' };

function arm(labels: readonly string[], adapters: readonly object[] = []) {
  const manifest = { labels, sources: { model: MODEL, adapters } };
  const program = { graph: { outputs: [{ name: 'logits' }] } };
  return { arm: 'a', folder: 'a', bundle: { manifest, program } as unknown as Bundle };
}

const NLI = {
  name: 'MNLI',
  kind: 'classification',
  labels: ['entailment', 'neutral', 'contradiction'],
} as const;

const classes = (named: ReturnType<typeof arm>, task: Parameters<typeof classesOfArms>[2] = NLI) =>
  classesOfArms([named], MODEL, task).get('a');

test("classesOfArms: a checkpoint's own head with the task's labels in another order keeps their meaning", (t) => {
  t.deepEqual(classes(arm(['CONTRADICTION', 'NEUTRAL', 'ENTAILMENT'])), [2, 1, 0]);
  t.deepEqual(classes(arm(['NEUTRAL', 'CONTRADICTION', 'ENTAILMENT'])), [1, 2, 0]);
  t.deepEqual(classes(arm(['entailment', 'NEUTRAL', 'contradiction'])), [0, 1, 2]);
});

test('classesOfArms: the labels of the task, or names that it does not know, are taken for numbers', (t) => {
  t.is(classes(arm(NLI.labels, [{}])), null);
  t.is(classes(arm(['x', 'y', 'z'])), null);
  t.is(classes(arm(['LABEL_0', 'LABEL_1', 'LABEL_2'], [{}])), null);
  t.is(classes(arm([]), { name: 'STS-B', kind: 'regression', labels: [] }), null);
});

test('classesOfArms: heads that are not for the task are refused', (t) => {
  const refused = (
    named: ReturnType<typeof arm>,
    message: string,
    task: Parameters<typeof classes>[1] = NLI,
  ) => t.throws(() => classes(named, task), { instanceOf: UsageError, message });
  refused(
    arm(['neutral', 'entailment', 'contradiction'], [{}]),
    'a: must have the labels of task "MNLI" (entailment, neutral, contradiction), got neutral, entailment, contradiction; evaluate on the task that it was trained on',
  );
  refused(
    arm([]),
    'a: must have the labels of task "MNLI" (entailment, neutral, contradiction), got none; evaluate on the task that it was trained on',
  );
  refused(
    arm(['no', 'yes']),
    'a: must give one number for task "STS-B", a regression, got the classes no, yes; evaluate on the task that it was trained on',
    { name: 'STS-B', kind: 'regression', labels: [] },
  );
});
