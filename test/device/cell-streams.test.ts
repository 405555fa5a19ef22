import test from 'ava';
import { stream } from '../../src/core/stream.ts';
import { cellStreams } from '../../src/device/cell-streams.ts';

test('cellStreams(seed, layer, cell, event) has one stream a stage, keyed by what is drawn and where', (t) => {
  t.deepEqual(cellStreams(7, 'encoder.0', 'plus', 2), {
    write: stream(7, 'write', 'encoder.0', 'plus'),
    drift: stream(7, 'drift', 'encoder.0', 'plus'),
    vary: stream(7, 'variation', 'cell', 'encoder.0', 'plus'),
    read: stream(7, 'read', 'encoder.0', 'plus', 2),
    telegraph: stream(7, 'telegraph', 'encoder.0', 'plus', 2),
  });
});

test('cellStreams without an event has no read', (t) => {
  t.is(cellStreams(7, 'encoder.0', 'plus', null).read, null);
  t.is(cellStreams(7, 'encoder.0', 'plus', null).telegraph, null);
});
