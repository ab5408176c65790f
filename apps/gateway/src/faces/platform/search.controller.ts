import { searchCapabilities } from '@ao/contracts';
import { Body, Controller, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { ListQueryDto } from '../query.schemas';
import { DiscoveryReads } from './discovery.reads';
import { presentFound } from './search.presenter';
import { FoundDto, SearchDto } from './search.schemas';

/** Row 200: capabilities in plain words. */
@ApiTags('discovery')
@Controller('api/v1/discovery/search')
export class SearchController {
  constructor(
    private readonly commands: CommandPath,
    private readonly reads: DiscoveryReads,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('agents:read')
  @ApiOkResponse({ type: FoundDto })
  async search(
    @CurrentCall() call: Call,
    @Query() { at_least }: ListQueryDto,
    @Body() body: SearchDto,
  ): Promise<FoundDto> {
    const seen = await this.reads.since(at_least);
    return presentFound(await this.commands.query(call, searchCapabilities, { ...body, at_least: seen }));
  }
}
