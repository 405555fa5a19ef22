import test from 'ava';
import { UsageError } from '../../src/core/errors.ts';
import { encodeExample } from '../../src/model/encode.ts';
import { loadModel } from '../../src/model/load.ts';

for (const [name, kind] of [
  ['bert-base-uncased', 'nothing there'],
  ['model.onnx', 'nothing there'],
  ['package.json', 'another file'],
] as const) {
  test(`loadModel: ${name} is refused with what can be read`, async (t) => {
    await t.throwsAsync(loadModel(name), {
      instanceOf: UsageError,
      message: `${name}: the model must be the embedded use-lite, a folder with config.json and model.safetensors, or an .onnx file, got ${kind}; check the path, or pass --model use-lite`,
    });
  });
}

test('encodeExample: cuts to the length asked for and refuses a longer one than the model has', (t) => {
  const model = {
    name: 'm',
    maxLength: 4,
    tokenizer: { padId: 0, encode: () => ({ ids: [1, 2, 3, 4, 5], typeIds: [0, 0, 0, 1, 1] }) },
  };
  t.deepEqual(encodeExample(model, { text: '' }), { ids: [1, 2, 3, 4], typeIds: [0, 0, 0, 1] });
  t.deepEqual(encodeExample(model, { text: '' }, 2), { ids: [1, 2], typeIds: [0, 0] });
  t.throws(() => encodeExample(model, { text: '' }, 5), {
    instanceOf: UsageError,
    message: '--max-length: must be 1 to 4 tokens (m), got 5; choose a length in that range',
  });
});
