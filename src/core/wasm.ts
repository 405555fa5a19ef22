import { EngineError } from './errors.ts';

/**
 * The few parts of WebAssembly's interface that the kernels need, as TypeScript's library without a browser has none.
 */
interface WasmInterface {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: WasmImports) => { readonly exports: unknown };
  readonly Memory: new (size: { initial: number; maximum: number }) => WasmMemory;
}

/** A compiled module. */
export type WasmModule = object & { readonly brand?: 'wasm-module' };

/** A memory made by `wasmMemory`; it never grows here, as growing would detach the arrays that look into it. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

type WasmImports = Readonly<Record<string, Readonly<Record<string, WasmMemory>>>>;

const PAGE_BYTES = 65536;
const MOST_PAGES = 65536;

const wasm = (globalThis as unknown as { readonly WebAssembly: WasmInterface }).WebAssembly;

/**
 * Compiles a module given as base64.
 * @throws EngineError where the processor or the engine lacks WebAssembly with SIMD
 */
export function compileWasm(name: string, base64: string): WasmModule {
  try {
    return new wasm.Module(Buffer.from(base64, 'base64'));
  } catch (error) {
    const why = (error as Error).message;
    throw new EngineError(
      name,
      `WebAssembly with SIMD must be there, got "${why}"; use Node 20 or newer on a processor with SSE4.1 or NEON`,
      error,
    );
  }
}

/** A memory of at least `bytes`, its size fixed. @throws RangeError beyond 4 GiB; EngineError if there is no room. */
export function wasmMemory(name: string, bytes: number): WasmMemory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (!(pages >= 0 && pages <= MOST_PAGES)) {
    throw new RangeError(
      `${name}: the memory must hold 0 to 2^32 bytes, got ${bytes}; keep some arrays outside`,
    );
  }
  try {
    return new wasm.Memory({ initial: pages, maximum: pages });
  } catch (error) {
    throw new EngineError(
      name,
      `must find ${bytes} bytes of memory, got none; free some and run again`,
      error,
    );
  }
}

/** Makes an instance over a memory; the caller knows the exports and states them as `Exports`. */
export function instantiateWasm<Exports>(module: WasmModule, memory: WasmMemory): Exports {
  return new wasm.Instance(module, { env: { memory } }).exports as Exports;
}
