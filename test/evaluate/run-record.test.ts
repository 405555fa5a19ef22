import test from 'ava';
import { parseRunRecord } from '../../src/evaluate/run-record.ts';
import { syntheticRun } from '../support/run-fixture.ts';

const { run } = syntheticRun({ chips: 2, examples: 8 });
const copy = (): Record<string, unknown> => JSON.parse(JSON.stringify(run)) as Record<string, unknown>;

test('parseRunRecord(json, where) takes a whole record as it is', (t) => {
  t.deepEqual(parseRunRecord(copy(), 'run.json'), run);
});

test('parseRunRecord(json, where) names the field that is wrong', (t) => {
  t.throws(() => parseRunRecord([], 'run.json'), {
    message: 'run.json: must be one JSON object; evaluate again or restore the file',
  });
  t.throws(() => parseRunRecord({ ...copy(), schemaVersion: 2 }, 'run.json'), {
    message: 'run.json: "schemaVersion" must be 1, got 2; evaluate again or restore the file',
  });
  t.throws(() => parseRunRecord({ ...copy(), conditions: [{ seconds: -1, noise: 1 }] }, 'run.json'), {
    message:
      'run.json: "conditions" must be a list of {seconds, noise}, both from 0, got [{"seconds":-1,"noise":1}]; evaluate again or restore the file',
  });
  t.throws(() => parseRunRecord({ ...copy(), arms: [{ arm: 'a' }] }, 'run.json'), {
    message: 'run.json: "arms.0.bundle.name" must be a text, got nothing; evaluate again or restore the file',
  });
});
