export const style: string = /* css */ `
:root {
  color-scheme: light dark;
  --paper: light-dark(#f5f3ee, #131518);
  --card: light-dark(#fffefb, #1c1f24);
  --ink: light-dark(#1d1f23, #eceae4);
  --quiet: light-dark(#63625d, #a09e97);
  --line: light-dark(#e2dfd6, #30343b);
  --fill: light-dark(#eeebe3, #282c33);
  --accent: light-dark(#b0431f, #f0855f);
  --good: light-dark(#1f7648, #5cc78e);
  --warn: light-dark(#b07400, #f0a93f);
  --bad: light-dark(#b3261e, #ff8a80);
  --go: light-dark(#a63d1b, #f0855f);
  --on-go: light-dark(#ffffff, #24120b);
  --node-0: light-dark(#0a757b, #43c6cc);
  --node-1: light-dark(#985608, #f0a93f);
  --node-2: light-dark(#6d4bb0, #b297f2);
  --node-3: light-dark(#b03a75, #f283b5);
  --node-4: light-dark(#3f6b2a, #98cc7b);
  --node-5: light-dark(#2f5fb5, #86aef5);
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 100px; }
body {
  margin: 0;
  background: var(--paper);
  color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1060px; margin: 0 auto; padding: 28px 20px 56px; }
h1, h2, h3, h4, p, dl, dd { margin: 0; text-wrap: pretty; }
h1 { font-size: clamp(1.8rem, 5.2vw, 2.7rem); line-height: 1.12; letter-spacing: -.025em; }
h2 { font-size: 1.05rem; }
h3.h { font-size: 1.05rem; font-weight: 700; }
h4 { font-size: .95rem; font-weight: 600; }
.lead { max-width: 70ch; margin-top: 12px; font-size: 1.06rem; color: var(--quiet); }
.quiet { color: var(--quiet); font-size: .86rem; }
.mono { font-family: var(--mono); font-size: .8rem; }
.brand {
  display: flex; align-items: center; gap: 7px; margin-bottom: 18px;
  font-weight: 700; letter-spacing: -.01em; color: var(--accent);
}
.brand svg {
  width: 24px; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round;
}

.says {
  margin: 18px 0 28px; padding: 13px 18px; min-height: 76px;
  display: flex; align-items: center;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  border-left: 5px solid var(--node, var(--line));
  position: sticky; top: 8px; z-index: 1; box-shadow: 0 0 0 8px var(--paper);
  transition: border-color .25s;
}
.says.bad { border-left-color: var(--bad); }
.says b { color: var(--node, inherit); font-weight: 650; white-space: nowrap; }
section { margin-bottom: 20px; }
.story { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px 16px; margin-top: 22px; }
.step { display: grid; grid-template-rows: subgrid; grid-row: span 4; gap: 12px; margin: 0; }
.step h2 { display: flex; align-items: center; gap: 10px; line-height: 1.25; }
.number {
  flex: none; display: grid; place-items: center; width: 28px; height: 28px; border-radius: 50%;
  color: var(--accent); border: 2px solid currentColor; font-size: .9rem;
}
button.go { background: var(--go); color: var(--on-go); border-color: transparent; font-size: .95rem; font-weight: 650; }
.versus { display: grid; gap: 10px; align-content: start; }
.versus > div { display: grid; grid-template-columns: 5.2em 1fr; gap: 5px 10px; align-items: baseline; min-height: 1.7rem; }
.versus dt { color: var(--quiet); font-size: .86rem; }
.versus dd { font-weight: 700; overflow-wrap: anywhere; }
.versus .good { color: var(--good); }
.versus .bad { color: var(--bad); }
.versus .cells { grid-column: 1 / -1; display: grid; grid-template-columns: repeat(20, 1fr); gap: 3px; height: 12px; }
.cells i { border-radius: 3px; box-shadow: inset 0 0 0 1.5px var(--line); }
.cells i.kept { background: var(--good); box-shadow: none; }
.ordinary { margin-top: 12px; }
.more { margin: 0 0 14px; font-size: 1.3rem; letter-spacing: -.015em; }
.title { display: flex; justify-content: space-between; align-items: baseline; margin-bottom: 12px; gap: 12px; }
.aside { display: flex; gap: 14px; }

.nodes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(178px, 100%), 1fr)); gap: 12px; }
.node {
  display: flex; flex-direction: column; gap: 2px; padding: 14px 16px;
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  transition: border-color .2s, box-shadow .2s, opacity .2s;
}
.node.last:not(.down) { border-color: var(--node); box-shadow: 0 0 0 2px color-mix(in srgb, var(--node) 28%, transparent); }
.node.down { background: transparent; border-style: dashed; }
.node.down h4 { color: var(--quiet); }
.node.down .name { text-decoration: line-through; }
.node h4 { display: flex; flex-wrap: wrap; align-items: center; gap: 0 8px; }
.node .name { white-space: nowrap; }
.node h4::before { content: ''; flex: none; width: 11px; height: 11px; border-radius: 50%; background: var(--node); }
.node.down h4::before { background: none; box-shadow: inset 0 0 0 2px var(--quiet); }
.state { margin-left: auto; font-size: .76rem; font-weight: 600; color: var(--good); }
.node.down .state { color: var(--bad); }
.node.starting .state { color: var(--quiet); }
.node button { margin-top: auto; }
.node p:last-of-type { margin-bottom: 10px; }
.node.store { --node: var(--quiet); }

.trail { display: flex; align-items: center; gap: 12px; margin-top: 14px; height: 18px; }
.trail > span { flex: none; }
/* One line of whole dots, with room for the newest to pop; the others wrap out of sight. */
.dots { display: flex; flex-wrap: wrap; gap: 10px 5px; flex: 1; height: 19px; margin: -4px; padding: 4px; overflow: hidden; }
.dots i { flex: none; width: 11px; height: 11px; border-radius: 50%; background: var(--node); }
.dots i.failed { background: none; box-shadow: inset 0 0 0 2px var(--bad); }
.dots i:first-child { animation: pop .35s ease-out; }
@keyframes pop { from { transform: scale(.2); } 60% { transform: scale(1.35); } }

.columns { display: grid; grid-template-columns: minmax(0, 1.12fr) minmax(0, 1fr); gap: 20px; align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px 20px; }
.row {
  display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center;
  gap: 8px 16px; padding: 12px 0; border-top: 1px solid var(--line);
}
.row > div:first-child { min-width: 132px; }
.row output { font-weight: 700; color: var(--accent); margin-left: 3px; }
.devices > div:first-child, .devices ul { flex: 1 1 100%; }
.devices ul { list-style: none; margin: 2px 0; padding: 0; display: grid; gap: 7px; }
.devices li {
  display: flex; justify-content: space-between; align-items: center; gap: 6px 14px;
  padding: 7px 7px 7px 12px; background: var(--fill); border-radius: 8px; min-height: 44px;
}
.devices li p:first-child { font-size: .9rem; font-weight: 550; overflow-wrap: anywhere; }
.devices li button { flex: none; background: var(--card); }
.devices .buttons { margin-left: auto; }
.buttons, .steppers { display: flex; flex-wrap: wrap; gap: 7px; justify-content: flex-end; }

button {
  font: inherit; font-size: .87rem; font-weight: 550; color: inherit; cursor: pointer;
  padding: 6px 12px; min-height: 44px;
  background: var(--fill); border: 1px solid var(--line); border-radius: 8px;
}
button:hover:not([aria-disabled=true]) { border-color: var(--quiet); }
button:active:not([aria-disabled=true]) { transform: translateY(1px); }
button[aria-disabled=true] { opacity: .45; cursor: default; }
button:focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 55%, transparent); outline-offset: 2px; }
button.kill { color: var(--bad); background: transparent; }
button.link { padding: 4px 2px; min-width: 44px; background: none; border: 0; color: var(--quiet); text-decoration: underline; text-underline-offset: 3px; }
.stepper {
  display: flex; align-items: center; background: var(--fill);
  border: 1px solid var(--line); border-radius: 8px; font-size: .87rem;
}
.stepper button { border: 0; background: none; min-width: 44px; padding: 6px; }
.stepper b { color: var(--accent); }

.bar { margin-bottom: 12px; }
.bar p { display: flex; justify-content: space-between; gap: 10px; font-size: .82rem; margin-bottom: 4px; }
.bar p span:first-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar p span:last-child { flex: none; color: var(--quiet); }
.track { height: 9px; border-radius: 5px; background: var(--fill); overflow: hidden; }
.track div { height: 100%; width: 0; border-radius: 5px; background: var(--good); transition: width .35s; }
.bar.high .track div { background: var(--warn); }
.bar.over .track div { background: var(--bad); }
.bar.foreign .track div { background: var(--quiet); }
.bar.total .track { position: relative; }
.bar.total .track::after { content: ''; position: absolute; inset: 0 auto 0 50%; width: 2px; background: var(--quiet); }
.bar .scale { display: grid; grid-template-columns: 1fr 1fr; text-align: right; margin: 3px 0 0; font-size: .76rem; color: var(--quiet); }
#header .bar { margin: 18px 0 0; padding-top: 14px; border-top: 1px solid var(--line); }
.facts { margin-top: 16px; display: grid; grid-template-columns: 1fr auto; gap: 5px 14px; font-size: .88rem; }
.facts dt { color: var(--quiet); }
.facts dd { text-align: right; font-weight: 600; }
.note { margin-top: 16px; padding-top: 14px; border-top: 1px solid var(--line); }
[hidden] { display: none !important; }

@media (max-width: 760px) {
  main { padding: 20px 14px 140px; }
  html { scroll-padding: 12px 0 130px; }
  .columns, .story { grid-template-columns: minmax(0, 1fr); }
  .columns { gap: 0; }
  .story { gap: 12px; margin-top: 16px; }
  .lead { font-size: 1rem; margin-top: 8px; }
  .ordinary { margin-bottom: 26px; }
  .brand { margin-bottom: 10px; }
  .nodes { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 9px; }
  .node { padding: 11px 12px; }
  .stepper { font-size: .82rem; }
  .node.store { grid-column: 1 / -1; }
  .card { padding: 16px 14px; }
  /* Docked: beside what is clicked rather than over it. */
  .says {
    position: fixed; inset: auto 0 0; margin: 0; padding: 10px 14px; min-height: 62px; max-height: 130px; overflow: auto;
    border-width: 5px 0 0; border-top-color: var(--node, var(--line)); border-radius: 0;
    box-shadow: 0 -4px 14px rgb(0 0 0 / .1); font-size: .88rem; line-height: 1.4;
  }
  .says.bad { border-top-color: var(--bad); }
  .buttons, .steppers { justify-content: flex-start; }
}
@media (prefers-reduced-motion: reduce) {
  * { animation: none !important; transition: none !important; }
}
`
