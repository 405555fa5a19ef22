import test from 'ava';
import { featuresOf, machineFacts } from '../../src/runtime/machine.ts';

test('featuresOf(cpuinfo) names the vector instruction sets, once and sorted', (t) => {
  const x86 = 'processor\t: 0\nflags\t\t: fpu sse2 fma avx2 avx f16c avx512f amx_tile\nflags\t\t: avx2\n';
  t.deepEqual(featuresOf(x86), ['amx_tile', 'avx', 'avx2', 'avx512f', 'f16c', 'fma']);
  t.deepEqual(featuresOf('Features\t: fp asimd asimdhp sve2 i8mm\n'), ['asimd', 'asimdhp', 'i8mm', 'sve2']);
  t.deepEqual(featuresOf('model name\t: something\n'), []);
});

test('machineFacts() is the same each time', async (t) => {
  t.deepEqual(await machineFacts(), await machineFacts());
});
