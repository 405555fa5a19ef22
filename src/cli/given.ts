type Given<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The record without the fields that are undefined: an option that was not given is absent, not empty. */
export function given<T extends object>(record: T): Given<T> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** A command's options without `json`, which is the command line's own matter: what its job is asked for. */
export function asked<T extends object>(options: T & { readonly json?: boolean }): Omit<T, 'json'> {
  const { json: _, ...rest } = options;
  return rest;
}
