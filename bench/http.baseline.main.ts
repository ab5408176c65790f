import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastify from 'fastify';
import { Pool } from 'pg';

/**
 * What the gateway is measured against, as a process of its own: a Nest route on Fastify that answers a constant of the
 * size of a task, and bare Fastify with one insert per request. Prints both ports as JSON, ends with its stdin.
 */
const CONSTANT = JSON.parse(process.env['BENCH_CONSTANT'] ?? '{}') as object;

@Controller()
class ConstantController {
  @Get('constant/:id')
  constant(): object {
    return CONSTANT;
  }
}

@Module({ controllers: [ConstantController] })
class ConstantModule {}

async function constantRoute(): Promise<number> {
  const app = await NestFactory.create(ConstantModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return portOf(await app.getUrl());
}

async function insertPerRequest(databaseUrl: string): Promise<number> {
  const pool = new Pool({ connectionString: databaseUrl, max: 32 });
  pool.on('error', () => undefined);
  await pool.query(
    'create table if not exists bench_tasks (id bigint generated always as identity primary key, data json not null)',
  );
  const server = fastify();
  server.post('/tasks', async (request) => {
    const { rows } = await pool.query<{ id: string }>({
      name: 'insert',
      text: 'insert into bench_tasks (data) values ($1) returning id',
      values: [JSON.stringify(request.body)],
    });
    return { task_id: rows[0]?.id };
  });
  return portOf(await server.listen({ port: 0, host: '127.0.0.1' }));
}

const portOf = (url: string) => Number(new URL(url).port);

async function main(): Promise<void> {
  const constant = await constantRoute();
  const insert = await insertPerRequest(process.env['BENCH_DATABASE_URL'] ?? '');
  process.stdout.write(`${JSON.stringify({ constant, insert })}\n`);
  process.stdin.on('end', () => process.exit(0)).resume();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
