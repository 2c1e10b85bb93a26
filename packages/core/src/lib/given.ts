/** A class that extends this one adds its private fields to an existing object: the one given to the constructor. */
export class Given {
  constructor(target: object) {
    // biome-ignore lint/correctness/noConstructorReturn: the fields of a subclass are added to the returned object
    return target;
  }
}
