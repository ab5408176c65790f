import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { testDoor } from '../access/access.testing';
import { Access } from './access';
import { createFastifyAdapter } from './fastify-server';
import { RouteTable } from './route-table';

@Controller()
class DeclaredController {
  @Get('declared')
  @Access('public')
  declared(): string {
    return 'anyone';
  }
}

@Controller()
class ForgottenController {
  @Get('forgotten')
  forgotten(): string {
    return 'everyone, by mistake';
  }
}

@Module({ controllers: [DeclaredController] })
class DeclaredModule {}

@Module({ controllers: [DeclaredController, ForgottenController] })
class ForgottenModule {}

describe('access to routes', () => {
  const adapter = () =>
    createFastifyAdapter({
      routes: new RouteTable(),
      door: testDoor('a-key-for-this-test'),
      coordinatorOpen: false,
    });

  it('should boot when every route declares who may call it', async () => {
    const app = await NestFactory.create(DeclaredModule, adapter(), { logger: false, abortOnError: false });
    await app.init();
    await app.close();
  });

  it('rejects to boot with a route that does not say', async () => {
    const app = await NestFactory.create(ForgottenModule, adapter(), { logger: false, abortOnError: false });
    await expect(app.init()).rejects.toThrow('GET /forgotten does not declare who may call it');
    await app.close();
  });
});
