import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Template, type TemplateSummary } from '@ao/contracts';
import { parse } from 'yaml';

/** Beside the sources, and copied beside what is built of them. */
export const TEMPLATES = path.join(__dirname, '..', '..', 'templates');
const FILE = /^v([1-9]\d{0,5})\.yaml$/;

/** The templates of this release, each with all its versions: `<id>/v<version>.yaml`. */
export class TemplateCatalogue {
  private constructor(private readonly versions: ReadonlyMap<string, readonly Template[]>) {}

  /** @throws Error that names the file that is none */
  static read(folder = TEMPLATES): TemplateCatalogue {
    const ids = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return new TemplateCatalogue(new Map(ids.map(({ name }) => [name, versionsOf(path.join(folder, name), name)])));
  }

  /** By name, each in its newest version. */
  list({ category, search = '' }: { readonly category?: string; readonly search?: string }): TemplateSummary[] {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return [...this.versions.values()]
      .map((versions) => versions.at(-1)!)
      .filter((template) => category === undefined || template.category === category)
      .filter(({ id, name, description, category, tags }) => {
        const text = [id, name, description, category, ...tags].join('\n').toLowerCase();
        return words.every((word) => text.includes(word));
      })
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(summaryOf);
  }

  /** Oldest first; undefined: there is no such template. */
  of(id: string): readonly Template[] | undefined {
    return this.versions.get(id);
  }

  all(): readonly Template[] {
    return [...this.versions.values()].flat();
  }
}

function versionsOf(folder: string, id: string): readonly Template[] {
  const templates = readdirSync(folder).map((name) => {
    const file = path.join(folder, name);
    const version = FILE.exec(name)?.[1];
    const parsed = Template.safeParse(parse(readFileSync(file, 'utf8')));
    if (!parsed.success) throw new Error(`${file} is no template: ${parsed.error.message}`);
    const template = parsed.data;
    if (template.id !== id || String(template.version) !== version)
      throw new Error(`${file} says that it is version ${template.version} of '${template.id}'`);
    return template;
  });
  if (templates.length === 0) throw new Error(`${folder} holds no template`);
  return templates.sort((a, b) => a.version - b.version);
}

function summaryOf({ id, version, name, description, category, tags, ...parts }: Template): TemplateSummary {
  const { agents, workflows, triggers } = parts;
  return {
    ...{ id, version, name, description, category, tags },
    ...{ agents: agents.length, workflows: workflows.length, triggers: triggers.length },
  };
}
