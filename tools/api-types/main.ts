import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import openapiTS, { astToString } from 'openapi-typescript';
import prettier from 'prettier';
import { OpenApiDocument } from '../../apps/gateway/src/faces/docs.controller';
import { GatewayHttpModule } from '../../apps/gateway/src/gateway.module';

/**
 * `npm run api:types` writes sdk/typescript/src/api-types.ts, the types of every route, from the document that the gateway gives at
 * /openapi.json; with --check it compares instead. The application is looked at, not started: it needs no database.
 */
const root = path.resolve(__dirname, '../..');
const file = path.join(root, 'sdk/typescript/src/api-types.ts');
const HEADING = '// Made by `npm run api:types` from /openapi.json. Do not edit.\n\n';

/** What a route does not have need not be said, nor that answers may have further headers. */
const SAYS_NOTHING = /^ *(\w+\?: never|headers: \{\s*\[name: string\]: unknown;\s*\});\n/gm;

async function main(): Promise<number> {
  const present = await typesOfRoutes();
  if (!process.argv.includes('--check')) {
    writeFileSync(file, present);
    console.log(`Wrote ${path.relative(root, file)}`);
    return 0;
  }
  if (existsSync(file) && readFileSync(file, 'utf8') === present) return 0;
  console.error(`${path.relative(root, file)} is not what the routes make: run npm run api:types and commit the file.`);
  return 1;
}

async function typesOfRoutes(): Promise<string> {
  const application = await NestFactory.create(GatewayHttpModule, new FastifyAdapter(), {
    preview: true,
    logger: false,
  });
  const document = new OpenApiDocument();
  document.describes(application);
  const text = astToString(await openapiTS(JSON.stringify(withoutRefusals(document.get())), { alphabetize: true }));
  const options = await prettier.resolveConfig(file);
  return prettier.format(HEADING + text.replaceAll(SAYS_NOTHING, ''), { ...options, parser: 'typescript' });
}

/** What is refused is a Problem everywhere: said once, not a dozen times for each route. */
function withoutRefusals(document: OpenAPIObject): OpenAPIObject {
  const copy = structuredClone(document);
  for (const path of Object.values(copy.paths))
    for (const operation of Object.values(path) as { responses?: Record<string, unknown> }[])
      for (const status of Object.keys(operation.responses ?? {}))
        if (!/^[123]/.test(status)) delete operation.responses![status];
  return copy;
}

void main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
