import test from 'ava';
import { packageRoot } from '../../src/core/paths.ts';
import { doctorFacts, packageFacts } from '../../src/runtime/doctor.ts';

test('doctorFacts() tries each engine: one that is absent has a reason and a cure', async (t) => {
  const { engines, healthy } = await doctorFacts();
  t.deepEqual(
    engines.map(({ name, required }) => [name, required]),
    [
      ['onnxruntime', true],
      ['tfjs-node', false],
    ],
  );
  for (const { name, present, version, reason, cure } of engines) {
    if (present) {
      t.regex(version!, /^\d+\.\d+\.\d+/);
      t.is(reason, null);
      t.is(cure, null);
    } else {
      t.is(version, null);
      t.regex(reason!, new RegExp(`^${name}: .+ must .+, got ".+" from importing it$`));
      t.regex(cure!, /^run "npm install/);
    }
  }
  t.true(engines[0]!.present);
  t.true(healthy);
});

test('doctorFacts() tells what numbers depend on', async (t) => {
  const { machine } = await doctorFacts();
  t.is(`v${machine.node}`, process.version);
  t.is(machine.platform, process.platform);
  t.true(machine.cores >= 1);
  t.true(machine.memoryBytes > 2 ** 28);
});

test('packageFacts(root) finds each package that package.json asks for, at the version asked for', (t) => {
  const packages = packageFacts(packageRoot());
  t.true(packages.length > 5);
  for (const { name, required, wanted, found } of packages) {
    if (required || found !== null) t.is(found, wanted, name);
  }
});
