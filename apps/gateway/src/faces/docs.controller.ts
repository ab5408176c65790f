import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Controller, Get, Header, Param, StreamableFile, type INestApplication } from '@nestjs/common';
import {
  ApiExcludeEndpoint,
  ApiOkResponse,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { Access } from '../http/access';
import { Problem } from '../http/problem';
import { VERSION } from '../version';
import { describeOperations } from './openapi-operations';
import { describeProblems } from './openapi-problems';

/** The document of the running application, made when first asked for: it costs memory that most replicas never need. */
export class OpenApiDocument {
  private application: INestApplication | undefined;
  private document: OpenAPIObject | undefined;

  describes(application: INestApplication): void {
    this.application = application;
  }

  get(): OpenAPIObject {
    if (!this.application) throw new Error('the application that is to be described is not known yet');
    this.document ??= describeOperations(
      describeProblems(cleanupOpenApiDoc(SwaggerModule.createDocument(this.application, config))),
    );
    return this.document;
  }
}

const config = new DocumentBuilder()
  .setTitle('agent-orchestration')
  .setDescription('An event-sourced control plane for fleets of agents. Errors are problem+json (RFC 9457).')
  .setVersion(VERSION)
  .addBearerAuth({ type: 'http', scheme: 'bearer' })
  .build();

/** The files of the page, from the installed package: nothing comes from the network. */
const FILES: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>agent-orchestration API</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', persistAuthorization: false, tryItOutEnabled: true });
`;

/** Rows 12 and 13. */
@ApiTags('system')
@Controller()
export class DocsController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @Access('public')
  @ApiOkResponse({ schema: { type: 'object' } })
  openApi(): OpenAPIObject {
    return this.document.get();
  }

  @Get('docs')
  @Access('public')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header(
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
  )
  @ApiOkResponse({ schema: { type: 'string' } })
  page(): string {
    return PAGE;
  }

  @Get('docs/start.js')
  @Access('public')
  @Header('content-type', 'text/javascript; charset=utf-8')
  @ApiExcludeEndpoint()
  start(): string {
    return START;
  }

  @Get('docs/:file')
  @Access('public')
  @ApiExcludeEndpoint()
  file(@Param('file') file: string): StreamableFile {
    const type = Object.hasOwn(FILES, file) ? FILES[file] : undefined;
    if (type === undefined) throw new Problem(404, 'route_not_found', 'There is no such file');
    const folder = path.dirname(require.resolve('swagger-ui-dist/package.json'));
    return new StreamableFile(createReadStream(path.join(folder, file)), { type });
  }
}
