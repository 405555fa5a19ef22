import test from 'ava';
import { junit, reportJunit } from '../../src/report/junit.ts';
import { summarise } from '../../src/report/summary.ts';
import { syntheticRun } from '../support/run-fixture.ts';

test('junit(name, cases) is XML with counts, and escapes', (t) => {
  t.is(
    junit('n', [
      { suite: 's', name: 'a < b' },
      { suite: 's', name: 'c', failure: 'no "d"' },
      { suite: 'u', name: 'e', skipped: 'f' },
    ]),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="n" tests="3" failures="1" errors="0" skipped="1">
  <testsuite name="s" tests="2" failures="1" errors="0" skipped="0">
    <testcase classname="holdfast.s" name="a &lt; b"/>
    <testcase classname="holdfast.s" name="c"><failure message="no &quot;d&quot;"/></testcase>
  </testsuite>
  <testsuite name="u" tests="1" failures="0" errors="0" skipped="1">
    <testcase classname="holdfast.u" name="e"><skipped message="f"/></testcase>
  </testsuite>
</testsuites>
`,
  );
});

test('reportJunit(summary) fails a case where a limit is given and a chip misses it', (t) => {
  const { run, samples } = syntheticRun({ chips: 3, examples: 64, methods: ['grasp'] });
  t.true(reportJunit(summarise(run, samples)).includes('tests="9" failures="0"'));
  const limited = reportJunit(summarise(run, samples, { limit: 0.99 }));
  t.true(limited.includes('<failure message="3 of 3 chips miss 99.0\u202f%"/>'));
  const broken = { ...run, idealCheck: { passed: false, maxAbsoluteError: 1, bound: 1e-5 } };
  t.true(
    reportJunit(summarise(broken, samples)).includes(
      '<failure message="largest difference 1, bound 0.00001"/>',
    ),
  );
});
