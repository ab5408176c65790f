import { changeChannel, createChannel, deleteChannel, testChannel, type ChannelDocument } from '@ao/contracts';
import type { Rejection } from '@ao/kernel';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { invalidField, type Problem } from '../../http/problem';
import { CHANNELS } from '../../projections/channels/channel.projection';
import { ChannelQueries } from '../../projections/channels/channel.queries';
import { Freshness } from '../../projections/moment';
import { presentChannel } from './channel.presenter';
import {
  ChannelChangesDto,
  ChannelListQueryDto,
  ChannelQueryDto,
  NewChannelDto,
  ShownChannelDto,
} from './channel.schemas';
import { DeliveryTestDto } from './delivery.schemas';
import { announcePage } from './paging';
import { notFound, pathId } from './path-id';
import { DeletedDto } from './user.schemas';

const WHAT = 'Channel';
/** At half of it the same test is asked for again: later than one attempt may take. */
const TEST_TIMEOUT_MS = 50_000;

/** Rows 149 to 152: where notifications go besides people's own pages. */
@ApiTags('notifications')
@Controller('api/v1/notifications/channels')
export class ChannelsController {
  constructor(
    private readonly commands: CommandPath,
    private readonly channels: ChannelQueries,
    private readonly freshness: Freshness,
  ) {}

  @Get()
  @Access('notifications:manage')
  @ApiOkResponse({ type: [ShownChannelDto] })
  async list(@CurrentCall() call: Call, @Query() query: ChannelListQueryDto): Promise<ShownChannelDto[]> {
    await this.freshness.seen(CHANNELS, query.at_least);
    const { type, status, limit, offset } = query;
    const { channels, total } = await this.channels.list({ type, status, limit, offset });
    announcePage(call, { total, limit, offset });
    return channels.map(presentChannel);
  }

  @Post()
  @Access('notifications:manage')
  @ApiCreatedResponse({ type: ShownChannelDto })
  async create(@CurrentCall() call: Call, @Body() body: NewChannelDto): Promise<ShownChannelDto> {
    const { channel_id } = await this.commands.send(call, createChannel, body, WRITE);
    return this.fresh(channel_id);
  }

  @Get(':id')
  @Access('notifications:manage')
  @ApiOkResponse({ type: ShownChannelDto })
  async show(@Param('id') param: string, @Query() { at_least }: ChannelQueryDto): Promise<ShownChannelDto> {
    const channel_id = pathId(param, WHAT);
    await this.freshness.seen(CHANNELS, at_least);
    return shown(await this.channels.find(channel_id));
  }

  @Put(':id')
  @Access('notifications:manage')
  @ApiOkResponse({ type: ShownChannelDto })
  async change(
    @CurrentCall() call: Call,
    @Param('id') param: string,
    @Body() body: ChannelChangesDto,
  ): Promise<ShownChannelDto> {
    const channel_id = pathId(param, WHAT);
    await this.commands.send(call, changeChannel, { ...body, channel_id }, WRITE);
    return this.fresh(channel_id);
  }

  /** 409 while a rule sends to it. */
  @Delete(':id')
  @Access('notifications:manage')
  @ApiOkResponse({ type: DeletedDto })
  async remove(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeletedDto> {
    const channel_id = pathId(param, WHAT);
    const { deleted_at } = await this.commands.send(call, deleteChannel, { channel_id }, WRITE);
    return { deleted: true, id: channel_id, deleted_at };
  }

  /** Sends one message at once; also to a channel that is disabled. */
  @Post(':id/test')
  @HttpCode(200)
  @Access('notifications:manage')
  @ApiOkResponse({ type: DeliveryTestDto })
  async test(@CurrentCall() call: Call, @Param('id') param: string): Promise<DeliveryTestDto> {
    const channel_id = pathId(param, WHAT);
    return this.commands.send(call, testChannel, { channel_id }, { ...WRITE, timeoutMs: TEST_TIMEOUT_MS });
  }

  private async fresh(id: string): Promise<ShownChannelDto> {
    return shown(await this.channels.fresh(id));
  }
}

function shown(channel: ChannelDocument | undefined): ShownChannelDto {
  if (!channel) throw notFound(WHAT);
  return presentChannel(channel);
}

/** Of a wrong field the message alone stands with its pointer, as for what the schemas refuse. */
function refusal({ rejection, code, pointer, message }: Rejection): Problem | undefined {
  if (rejection === 'not_found') return notFound(WHAT);
  return code === 'channel_config_invalid' || code === 'channel_type_fixed'
    ? invalidField(pointer ?? '', message, 422, code)
    : undefined;
}
const WRITE = { models: [CHANNELS], refusal };
