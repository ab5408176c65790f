/** The whole style of the report: the file needs nothing beside itself. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6577; --line: #dfe3ea; --ground: #f6f7f9; --card: #fff;
  --blue: #2f6fde; --green: #2a9d6f; --amber: #c98a12; --red: #cf3f3f; --violet: #7b57c9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --soft: #9aa4b5; --line: #2d3440; --ground: #14181f;
  --card: #1b212b; --blue: #6ea0ff; --green: #4cc596; --amber: #e0ac4b; --red: #f07a7a; --violet: #a98bf0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 12px; }
p { margin: 4px 0; } .soft { color: var(--soft); } code, .mono { font: 13px ui-monospace, monospace; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 12px; margin-top: 20px; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
.tile b { display: block; font-size: 24px; font-variant-numeric: tabular-nums; }
.card { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--soft); font-weight: 600; font-size: 13px; }
th, td { padding: 7px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; } .num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.path { overflow-wrap: anywhere; min-width: 180px; }
.chip { display: inline-block; margin: 1px 4px 1px 0; padding: 0 8px; border: 1px solid var(--line); border-radius: 999px;
  font-size: 13px; } .chip.lost { border-color: var(--red); color: var(--red); }
.words { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 4px 24px; }
.word { display: grid; grid-template-columns: 130px 1fr 48px; gap: 8px; align-items: center; }
.word span:first-child { overflow-wrap: anywhere; }
.bar { height: 8px; border-radius: 4px; background: var(--blue); }
svg { display: block; width: 100%; min-width: 640px; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--soft); } svg .lane { stroke: var(--line); }
svg .extract { fill: var(--blue); } svg .count { fill: var(--green); } svg .weigh { fill: var(--violet); }
svg .keywords { fill: var(--amber); } svg .other { fill: var(--soft); } svg .lost { fill: none; stroke: var(--red);
  stroke-width: 1.5; stroke-dasharray: 4 2; } svg .killed { stroke: var(--red); stroke-width: 1.5; }
.key { margin-right: 16px; font-size: 13px; } .key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px;
  margin-right: 6px; } footer { margin-top: 40px; font-size: 13px; }
`;
