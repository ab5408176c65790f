import { changeSettings, showPolicies } from '@ao/contracts';
import type { EventReader } from '@ao/event-log';
import { derivedId, isoTime, streamId, type Clock } from '@ao/kernel';
import { CLOCK, EVENT_LOG, HEALTH, type Health } from '@ao/platform';
import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { VERSION } from '../../version';
import {
  presentHistory,
  presentSetting,
  presentSettings,
  settingChanges,
  settingName,
  settingValue,
} from './settings.presenter';
import {
  SettingBodyDto,
  SettingHistoryDto,
  SettingHistoryQueryDto,
  SettingsBodyDto,
  SettingsChangedDto,
  SettingsDto,
  ShownSettingDto,
  SystemHealthDto,
} from './settings.schemas';

const SETTINGS_STREAM = streamId('settings', derivedId('settings'));
const NOT_CONFIGURED = { status: 'not_configured' } as const;

/** Rows 83 to 86. */
@ApiTags('settings')
@Controller('api/v1/settings')
export class SettingsController {
  constructor(
    private readonly commands: CommandPath,
    @Inject(EVENT_LOG) private readonly log: EventReader,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Access('settings:manage')
  @ApiOkResponse({ type: SettingsDto })
  async list(@CurrentCall() call: Call): Promise<Record<string, Record<string, ShownSettingDto>>> {
    const { settings } = await this.commands.query(call, showPolicies, {});
    return presentSettings(settings);
  }

  @Get('health')
  @Access('settings:manage')
  @ApiOkResponse({ type: SystemHealthDto })
  async showHealth(): Promise<SystemHealthDto> {
    const missing = await this.health.missing();
    const part = (check: string) => ({ status: check in missing ? ('unhealthy' as const) : ('healthy' as const) });
    return {
      status: Object.keys(missing).length === 0 ? 'healthy' : 'degraded',
      service: 'agent-orchestration',
      version: VERSION,
      timestamp: isoTime(this.clock.now()),
      services: {
        database: part('postgres'),
        message_queue: part('nats'),
        redis: NOT_CONFIGURED,
        minio: NOT_CONFIGURED,
        mail: NOT_CONFIGURED,
      },
    };
  }

  /** Several settings: all of them change or none. */
  @Put('bulk')
  @Access('settings:manage')
  @ApiOkResponse({ type: SettingsChangedDto })
  changeMany(@CurrentCall() call: Call, @Body() { settings }: SettingsBodyDto): Promise<SettingsChangedDto> {
    return this.commands.send(call, changeSettings, { changes: settingChanges(settings) });
  }

  @Get(':category/:key')
  @Access('settings:manage')
  @ApiOkResponse({ type: ShownSettingDto })
  async show(
    @CurrentCall() call: Call,
    @Param('category') category: string,
    @Param('key') key: string,
  ): Promise<ShownSettingDto> {
    const name = settingName(category, key);
    const { settings } = await this.commands.query(call, showPolicies, {});
    return presentSetting(name, settings);
  }

  @Put(':category/:key')
  @Access('settings:manage')
  @ApiOkResponse({ type: ShownSettingDto })
  async change(
    @CurrentCall() call: Call,
    @Param('category') category: string,
    @Param('key') key: string,
    @Body() body: SettingBodyDto,
  ): Promise<ShownSettingDto> {
    const name = settingName(category, key);
    const value = settingValue(name, body.value, '/value');
    await this.commands.send(call, changeSettings, { changes: [{ name, value }] });
    return presentSetting(name, { [name]: value });
  }

  /** What it was before, newest first, as the log has it. */
  @Get(':category/:key/history')
  @Access('settings:manage')
  @ApiOkResponse({ type: SettingHistoryDto })
  async history(
    @Param('category') category: string,
    @Param('key') key: string,
    @Query() { limit }: SettingHistoryQueryDto,
  ): Promise<SettingHistoryDto> {
    const name = settingName(category, key);
    const events = await this.log.readStream(SETTINGS_STREAM, { limit: 10_000 });
    return presentHistory(events, name, limit);
  }
}
