import { agentCaBundle, certificateRevocationList } from '@ao/contracts';
import { Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { CertificateDesk } from './certificates.desk';
import { CertificateRequestDto, RenewedDto } from './enrolment.schemas';

/** The authority of the agents' certificates, for whoever checks them, and renewal by request. */
@ApiTags('enrolment')
@Controller('api/v1/agents')
export class CertificatesController {
  constructor(
    private readonly commands: CommandPath,
    private readonly desk: CertificateDesk,
  ) {}

  @Get('ca')
  @Access('public')
  @Header('content-type', 'application/x-pem-file')
  @ApiProduces('application/x-pem-file')
  @ApiOkResponse({ schema: { type: 'string' } })
  async bundle(@CurrentCall() call: Call): Promise<string> {
    return (await this.commands.query(call, agentCaBundle, {})).bundle;
  }

  /** RFC 5280 section 5, DER. */
  @Get('crl')
  @Access('public')
  @Header('content-type', 'application/pkix-crl')
  @ApiProduces('application/pkix-crl')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  async revocationList(@CurrentCall() call: Call): Promise<Buffer> {
    return Buffer.from((await this.commands.query(call, certificateRevocationList, {})).crl, 'base64');
  }

  /** By the agent itself, while the certificate it has is valid: an expired one is enrolled again with a token. */
  @Post(':id/certificate')
  @HttpCode(200)
  @Access('agents:act')
  @ApiParam({ name: 'id', type: String })
  @ApiOkResponse({ type: RenewedDto })
  async renew(@CurrentCall() call: Call, @Body() { csr }: CertificateRequestDto): Promise<RenewedDto> {
    return this.desk.renewedFor(call, csr);
  }
}
