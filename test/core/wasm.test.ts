import test from 'ava';
import { EngineError } from '../../src/core/errors.ts';
import { compileWasm, wasmMemory } from '../../src/core/wasm.ts';

test('wasmMemory has whole pages of 64 KiB, at least the bytes asked for', (t) => {
  t.is(wasmMemory('test', 0).buffer.byteLength, 0);
  t.is(wasmMemory('test', 1).buffer.byteLength, 65536);
  t.is(wasmMemory('test', 65537).buffer.byteLength, 131072);
});

test('wasmMemory refuses more than 4 GiB', (t) => {
  t.throws(() => wasmMemory('test', 2 ** 32 + 1), {
    instanceOf: RangeError,
    message: 'test: the memory must hold 0 to 2^32 bytes, got 4294967297; keep some arrays outside',
  });
});

test('compileWasm says what is missing where a module cannot be compiled', (t) => {
  const error = t.throws(() => compileWasm('test', 'AAAA'), { instanceOf: EngineError });
  t.regex(
    error?.message ?? '',
    /^test: WebAssembly with SIMD must be there, got ".+"; use Node 20 or newer on a processor with SSE4\.1 or NEON$/,
  );
});
