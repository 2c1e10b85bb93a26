import { client, type Principal, scope, type UserPrincipal, user, userOf } from '@authly/core';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { Caller } from './caller.ts';
import { Requires } from './requires.ts';

/** Orders of users. Every route needs what the controller requires. */
@Requires(scope('read:orders'))
@Controller('orders')
export class OrdersController {
  readonly #placedBy: string[] = [];

  /** Users see their own orders, machines see all. */
  @Get()
  list(@Caller() caller: Principal): readonly string[] {
    return caller.kind === 'client'
      ? this.#placedBy
      : this.#placedBy.filter((key) => key === caller.key);
  }

  @Post()
  @Requires(user(), scope('write:orders'))
  place(@Caller() { key, userId }: UserPrincipal): object {
    this.#placedBy.push(key);
    return { placedBy: userId };
  }

  /** Without a requirement: `userOf` refuses machines, and the filter answers. */
  @Get('mine')
  mine(@Req() request: object): object {
    return { user: userOf(request).userId };
  }

  @Post('export')
  @HttpCode(202)
  @Requires(client('nightly-sync'))
  exportAll(): object {
    return { exported: this.#placedBy.length };
  }
}
