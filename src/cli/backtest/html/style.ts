/** The report's looks: ink on paper, light or dark as the reader's system is, for a phone as for a desk. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fcfbf8;--ink:#1d1c1a;--soft:#605d57;--rule:#dedad2;--tint:#f2efe8;--a:#0b62a8;--b:#b3470f;--c:#6a6a18;--up:#16713f;--down:#b3261e}
@media(prefers-color-scheme:dark){:root{--paper:#161513;--ink:#ebe8e1;--soft:#a5a198;--rule:#37342f;--tint:#201e1b;--a:#74b7f2;--b:#f0a06a;--c:#cfcb7a;--up:#78cf9d;--down:#f2938c}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 5rem}
h1,h2{font-family:Charter,"Iowan Old Style",Georgia,"DejaVu Serif",serif;font-weight:600;line-height:1.2;overflow-wrap:anywhere}
h1{font-size:2rem;margin:0 0 .5rem}h2{font-size:1.45rem;margin:3.5rem 0 .25rem}h3{font-size:1rem;margin:2.25rem 0 .5rem}
p{margin:.4rem 0;max-width:48rem}.soft,.unit{color:var(--soft)}a{color:inherit;text-underline-offset:.2em}
.lead{font-size:1.15rem}.warning{border-left:3px solid var(--down);padding:.1rem 0 .1rem .8rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.75rem 0;font-size:.925rem}
caption{text-align:left;color:var(--soft);padding:.25rem 0}th,td{padding:.35rem .9rem .35rem 0;text-align:right;border-bottom:1px solid var(--rule);vertical-align:top}
td{white-space:nowrap}td.verdict,th.verdict{padding-left:.9rem}
thead th{font-weight:500;color:var(--soft);vertical-align:bottom}th:first-child{text-align:left;font-weight:500}th:last-child,td:last-child{padding-right:0}
tr.sum>*{border-top:2px solid var(--ink);border-bottom:0;font-weight:600}.text td{text-align:left;white-space:normal;overflow-wrap:anywhere}.text th{white-space:nowrap;vertical-align:top}
.verdict{background:var(--tint)}
.key-figures{display:grid;grid-template-columns:repeat(3,1fr);gap:1.25rem 1.5rem;margin:1.25rem 0;padding:1rem 0;border-top:2px solid var(--ink);border-bottom:1px solid var(--rule)}
.key-figures dt{color:var(--soft);font-size:.85rem}.key-figures dd{margin:0;font-size:1.5rem;font-family:Charter,"Iowan Old Style",Georgia,"DejaVu Serif",serif;white-space:nowrap}
.key-figures small{display:block;font:.8rem/1.35 system-ui,sans-serif;color:var(--soft);white-space:normal}
.chart{margin:2.25rem 0}.chart figcaption{margin-bottom:.5rem}.key{display:inline-flex;flex-wrap:wrap;gap:.1rem 1rem;margin-left:1rem;font-size:.85rem;color:var(--soft)}
.key i{display:inline-block;width:1.1rem;height:0;border-top:2.5px solid;vertical-align:.25em;margin-right:.35rem}.key i.dots,.key i.squares,.key i.points{width:.6rem;height:.6rem;border:0;background:currentColor;vertical-align:0}.key i.dots,.key i.points{border-radius:50%}.key i.points{width:.35rem;height:.35rem;vertical-align:.15em}
.plot{position:relative;height:9rem;margin:.5rem 0 .25rem 4.75rem}.plot.tall{height:15rem}.plot svg{width:100%;height:100%;display:block;overflow:visible}
.plot path{vector-effect:non-scaling-stroke;fill:none}.tick{position:absolute;right:calc(100% + .6rem);transform:translateY(-50%);font-size:.78rem;color:var(--soft);white-space:nowrap}
.blocks{display:flex;justify-content:space-between;margin-left:4.75rem;font-size:.78rem;color:var(--soft)}
.rule{stroke:var(--rule);stroke-width:1}.rule.zero{stroke:var(--soft)}
.a{color:var(--a)}.b{color:var(--b)}.c{color:var(--c)}.d{color:var(--soft)}.up{color:var(--up)}.down{color:var(--down)}
.plot .stroke{stroke:currentColor;stroke-width:1.75;stroke-linejoin:round}.plot .d.stroke{stroke-width:1.25}.plot .band{fill:currentColor;opacity:.22}.plot .fill{fill:currentColor;opacity:.13}
.plot .dots,.plot .squares,.plot .points{stroke:currentColor;stroke-width:5.5}.plot .points{stroke-width:2.75;opacity:.75}.plot .dots,.plot .points{stroke-linecap:round}.plot .squares{stroke-linecap:square}
details{margin-left:4.75rem;font-size:.9rem}summary{cursor:pointer;color:var(--soft);width:max-content}
.bars{margin:1rem 0}.bars div{display:grid;grid-template-columns:5.5rem 1fr;align-items:center;gap:.6rem;font-size:.9rem}.bars svg{width:100%;height:1.15rem;overflow:visible}.bars rect{fill:currentColor}.bars path{stroke:var(--soft);vector-effect:non-scaling-stroke}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
@media(max-width:34rem){.key-figures{grid-template-columns:1fr 1fr}.key-figures dd{font-size:1.25rem}th:first-child{min-width:7.5rem}.text th:first-child{min-width:0;white-space:normal}main{padding:1.5rem 1rem 4rem}h1{font-size:1.6rem}.plot,.blocks,details{margin-left:3.6rem}.key{margin-left:0;display:flex}.tick{font-size:.7rem;right:calc(100% + .35rem)}.plot.tall{height:12rem}}
@media print{.chart,section>table{break-inside:avoid}details{display:none}}
`;
