import test from 'ava';
import { bucketOf } from '../../../src/model/hf/relative-bias.ts';

test('bucketOf(distance) is the bucket of MPNetEncoder.relative_position_bucket', (t) => {
  // From transformers 4.57.6 with torch 2.9.1: MPNetEncoder.relative_position_bucket(torch.tensor(distances)).
  const distances = [
    -600, -128, -127, -64, -33, -32, -31, -16, -15, -8, -7, -1, 0, 1, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128,
    600,
  ];
  const buckets = [
    15, 15, 15, 14, 12, 12, 11, 10, 9, 8, 7, 1, 0, 17, 23, 24, 25, 26, 27, 28, 29, 30, 31, 31, 31,
  ];
  t.deepEqual(distances.map(bucketOf), buckets);
});
