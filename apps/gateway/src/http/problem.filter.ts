import { newId } from '@ao/kernel';
import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { redactUrl } from './credentials';
import { problemOf } from './failures';
import { TOKEN_ROUTE, oauthErrorOf } from './oauth-errors';
import { isOperationsRoute, operationsProblem } from './operations-errors';
import { PROBLEM_CONTENT_TYPE, Problem } from './problem';

/** The one place where a failure becomes an answer. Nothing of ours (stack, SQL, path, library) leaves with it. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(failure: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const requestId = (request.call as FastifyRequest['call'] | null)?.correlationId ?? newId();
    let problem = problemOf(failure);
    if (!problem) {
      this.logger.error(
        { err: failure, request_id: requestId, method: request.method, url: redactUrl(request.url) },
        'unexpected failure',
      );
      problem = new Problem(
        500,
        'internal_error',
        'Something unexpected happened; the log of the gateway has it under the request id',
      );
    }
    if (reply.sent) return;
    for (const [name, value] of Object.entries(problem.options.headers ?? {})) reply.header(name, value);
    if (request.routeOptions.url === TOKEN_ROUTE) {
      const { status, body } = oauthErrorOf(problem);
      void reply
        .code(status)
        .header('content-type', 'application/json')
        .header('pragma', 'no-cache')
        .send(JSON.stringify(body));
      return;
    }
    if (isOperationsRoute(request.url)) problem = operationsProblem(problem);
    void reply
      .code(problem.status)
      .header('content-type', PROBLEM_CONTENT_TYPE)
      .send(JSON.stringify(problem.body(requestId)));
  }
}
