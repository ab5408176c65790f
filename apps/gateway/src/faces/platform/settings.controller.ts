import {
  DEFAULT_SETTINGS,
  changeSettings,
  evolveSettings,
  type SettingValues,
  type SettingsEvent,
} from '@ao/contracts';
import type { EventReader, RecordedEvent } from '@ao/event-log';
import { derivedId, isoTime, streamId, type Clock } from '@ao/kernel';
import { CLOCK, CONFIG, EVENT_LOG, HEALTH, type Health } from '@ao/platform';
import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CommandPath } from '../../commands/command-path';
import { Access } from '../../http/access';
import { CurrentCall, type Call } from '../../http/call';
import { settingDefaults, type GatewayConfig } from '../../gateway.config';
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
const PAGE = 10_000;
const NOT_CONFIGURED = { status: 'not_configured' } as const;

/** Rows 83 to 86. */
@ApiTags('settings')
@Controller('api/v1/settings')
export class SettingsController {
  private readonly defaults: SettingValues;

  constructor(
    @Inject(CONFIG) config: GatewayConfig,
    private readonly commands: CommandPath,
    @Inject(EVENT_LOG) private readonly log: EventReader,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.defaults = { ...DEFAULT_SETTINGS, ...settingDefaults(config) };
  }

  @Get()
  @Access('settings:manage')
  @ApiOkResponse({ type: SettingsDto })
  async list(): Promise<Record<string, Record<string, ShownSettingDto>>> {
    return presentSettings(await this.values(), this.defaults);
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
  async show(@Param('category') category: string, @Param('key') key: string): Promise<ShownSettingDto> {
    const name = settingName(category, key);
    return presentSetting(name, await this.values(), this.defaults);
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
    return presentSetting(name, { [name]: value }, this.defaults);
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
    return presentHistory(await this.changes(), name, limit);
  }

  /** As the log has them now: few events, and nothing that a read model would be worth. */
  private async values(): Promise<SettingValues> {
    const events = await this.changes();
    return events.reduce((values, event) => evolveSettings(values, event as SettingsEvent), this.defaults);
  }

  private async changes(): Promise<RecordedEvent[]> {
    const changes: RecordedEvent[] = [];
    for (;;) {
      const page = await this.log.readStream(SETTINGS_STREAM, { fromVersion: changes.length + 1, limit: PAGE });
      changes.push(...page);
      if (page.length < PAGE) return changes;
    }
  }
}
