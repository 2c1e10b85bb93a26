/** A class that extends this adds its private members to the object that it is given: nothing prints or copies them. */
export class Given {
  constructor(target: object) {
    // biome-ignore lint/correctness/noConstructorReturn: this is what adds them to an object that is there already
    return target;
  }
}
