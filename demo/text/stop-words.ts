/** Words that say nothing about what a document is about: English, and the commonest of German, French and Spanish. */
const ENGLISH = `a able about above across after again against all almost along already also although always am among an
and another any anyone anything are aren't around as at away back be became because become been before being below
between both but by came can can't cannot come could couldn't did didn't do does doesn't doing don't done down during
each either else enough even ever every everything example few first following for found from further gave get gets
give given gives go goes going gone good got had has have having he her here hers herself him himself his how however i
if in instead into is isn't it it's its itself just keep kept know last later least less let let's like made make makes
many may maybe me mean means might mine more most much must my myself name need needs neither never new next no nobody
none nor not nothing now of off often old on once one only onto or other others our ours ourselves out over own part
per perhaps put rather really right said same say says second see seen several shall she should shouldn't show shown
since so some somebody something soon still such take taken takes tell than that that's the their theirs them themselves
then there there's therefore these they thing things think this those though three through thus to together told too
took toward two under until up upon us use used uses using very via want was wasn't way we well went were weren't what
whatever when where whether which while who whole whom whose why will with within without won't would wouldn't yes yet
you your yours yourself`;
const GERMAN = `aber als am an auch auf aus bei bin bis da dann das dass dem den der des die dies diese dieser doch du
durch ein eine einem einen einer eines er es für hat haben ich ihr im in ist ja kann mit nach nicht noch nur oder sein
sich sie sind so über um und uns von vor war was wenn werden wie wir wird zu zum zur`;
const FRENCH = `au aux avec ce ces cette comme dans de des du elle en est et être il ils je la le les leur mais ne nous
ou par pas plus pour qu que qui sa se ses son sont sur un une vous`;
const SPANISH = `al como con de del el ella en entre era es esta este ha hay la las lo los más mi no nos para pero por
que se ser si sin sobre su sus también tiene un una y ya`;

export const STOP_WORDS: ReadonlySet<string> = new Set(
  [ENGLISH, GERMAN, FRENCH, SPANISH].flatMap((list) => list.split(/\s+/)),
);
