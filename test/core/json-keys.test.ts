import test from 'ava';
import { repeatedKey } from '../../src/core/json-keys.ts';

test('repeatedKey: null where each key of each object stands once', (t) => {
  t.is(repeatedKey('{"a":{"a":1},"b":[{"a":1},{"a":"a"}],"c":"{\\"a\\":1,\\"a\\":2}"}'), null);
});

test('repeatedKey: finds it at any depth, however it is written', (t) => {
  t.is(repeatedKey('{"a":1,"b":2,"a" : 3}'), 'a');
  t.is(repeatedKey('[{"x":{"k":1,"\\u006b":2}}]'), 'k');
  t.is(repeatedKey('{"quote\\"":1,"quote\\"":2}'), 'quote"');
});
