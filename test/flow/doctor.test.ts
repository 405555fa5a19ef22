import test from 'ava';
import { doctor, doctorLines } from '../../src/flow/doctor.ts';

const MACHINE = {
  node: '20.20.2',
  platform: 'linux',
  arch: 'x64',
  cpu: 'A CPU',
  features: [],
  cores: 1,
  memoryBytes: 2 ** 31,
};

test('doctorLines names each missing thing, what it would give and the cure', (t) => {
  const lines = doctorLines({
    machine: MACHINE,
    engines: [
      {
        name: 'onnxruntime',
        gives: 'runs graphs',
        required: true,
        present: true,
        version: '1.30.0',
        reason: null,
        cure: null,
      },
      {
        name: 'tfjs-node',
        gives: 'a second engine',
        required: false,
        present: false,
        version: null,
        reason: 'it is not installed',
        cure: 'install it',
      },
    ],
    packages: [
      { name: 'ajv', required: true, wanted: '8.20.0', found: '8.19.0' },
      { name: 'd3-node', required: true, wanted: '4.0.2', found: null },
    ],
    healthy: false,
  });
  t.deepEqual(lines, [
    'node      20.20.2 on linux x64',
    'processor A CPU, 1 core',
    'features  not told by this system',
    'memory    2.0 GiB',
    '',
    'engines',
    '  ok       onnxruntime 1.30.0: runs graphs',
    '  not here tfjs-node: a second engine',
    '           it is not installed',
    '           to get it: install it',
    '',
    'packages',
    '  ok       ajv 8.19.0, package.json asks for 8.20.0',
    '  missing  d3-node 4.0.2: run "npm ci"',
    '',
    'something that holdfast needs is missing: see above',
  ]);
});

test('doctor() finds this machine healthy, with ONNX Runtime there', async (t) => {
  const { healthy, engines, lines } = await doctor();
  t.true(healthy);
  t.true(engines.some(({ name, present }) => name === 'onnxruntime' && present));
  t.is(lines.at(-1), 'all that holdfast needs is there');
});
