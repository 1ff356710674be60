/// The page's stylesheet: one column of cards on a quiet ground, wide or narrow, light or dark, on paper too.
/// No selector holds a `>`: text is escaped wherever it stands, and a style element of HTML would not undo
/// that.
enum PageStyle {
  static let sheet = """
    :root{color-scheme:light dark;\(Palette.light)}
    @media (prefers-color-scheme:dark){:root{\(Palette.dark)}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 \(FigureStyle.fontStack);\
    -webkit-text-size-adjust:100%;text-size-adjust:100%;overflow-wrap:break-word}
    main{max-width:1120px;margin:0 auto;padding:clamp(28px,6vw,72px) clamp(16px,4vw,40px) 64px}
    h1{font-size:clamp(25px,3.6vw,40px);line-height:1.2;letter-spacing:-.018em;font-weight:650;margin:0;\
    max-width:26em;text-wrap:balance}
    h2{font-size:22px;line-height:1.3;letter-spacing:-.01em;font-weight:650;margin:0 0 4px}
    h3{font-size:16px;line-height:1.4;font-weight:600;margin:0 0 2px}
    p{margin:0;max-width:44em}
    .kicker{color:var(--muted);font-size:14px;font-weight:600;margin-bottom:14px}
    .lead{font-size:clamp(16px,1.5vw,18px);color:var(--muted);margin-top:18px}
    .tiles{display:flex;flex-wrap:wrap;gap:12px 44px;margin:34px 0 0;padding:0;list-style:none}
    .tiles b{display:block;font-size:25px;line-height:1.25;font-weight:600;letter-spacing:-.01em}
    .tiles span{color:var(--muted);font-size:14px}
    section{margin-top:60px;scroll-margin-top:20px}
    nav{display:flex;flex-wrap:wrap;gap:8px;margin-top:28px}
    nav a{color:var(--ink);background:var(--card);border:1px solid var(--line);border-radius:99px;\
    padding:5px 14px;font-size:14px;text-decoration:none}
    nav a:hover,nav a:focus-visible{border-color:var(--c0);color:var(--c0)}
    .why{color:var(--muted);margin-bottom:20px}
    .card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:24px 28px 22px;margin:0;\
    min-width:0}
    .hero{margin-top:38px}
    .grid{display:grid;gap:20px;grid-template-columns:repeat(auto-fit,minmax(min(100%,430px),1fr));\
    align-items:stretch}
    .grid:not(.small) .card:last-child:nth-child(odd){grid-column:1/-1}
    .grid.wide{grid-template-columns:1fr}
    .grid.small{grid-template-columns:repeat(auto-fill,minmax(min(100%,310px),1fr))}
    .grid+.grid{margin-top:20px}.grid.small .card{padding:20px}
    .card h3{margin-bottom:12px}.card h3+.note{margin:-10px 0 16px}
    .note{color:var(--muted);font-size:14px}
    .fig{display:block;width:100%;height:auto;overflow:visible}
    .only-narrow{display:none;margin:0 auto}
    .scroll{overflow-x:auto;-webkit-overflow-scrolling:touch}
    .plots{display:grid;gap:24px;grid-template-columns:repeat(auto-fit,minmax(min(100%,340px),1fr))}
    ul.plain{list-style:none;margin:0;padding:0}
    ul.plain li{padding:9px 0;border-top:1px solid var(--grid)}
    ul.two{columns:2 340px;column-gap:44px}ul.two li{break-inside:avoid}
    ul.plain li:first-child{border-top:0;padding-top:0}ul.plain.two li:first-child{padding-top:9px}
    table{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
    th{font-weight:600;color:var(--muted);text-align:left;vertical-align:bottom;white-space:nowrap}
    th,td{padding:9px 12px 9px 0;border-bottom:1px solid var(--grid)}
    tr:last-child td{border-bottom:0}
    th:last-child,td:last-child{padding-right:0}
    td.n,th.n{text-align:right;white-space:nowrap}
    td.best{font-weight:600}
    td small{display:block;color:var(--muted);font-size:12px;font-weight:400;line-height:1.4}
    td.break{overflow-wrap:anywhere}td.nb{white-space:nowrap}td.wraps{min-width:11.5em}
    tr.group th{padding-top:20px;color:var(--ink)}
    .meter{display:block;height:6px;min-width:60px;border-radius:3px;background:var(--grid);overflow:hidden}
    .meter i{display:block;height:100%;border-radius:3px;background:var(--right)}
    .pictures{display:grid;gap:18px;grid-template-columns:repeat(auto-fill,minmax(min(100%,168px),1fr))}
    .picture{margin:0;background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden;\
    min-width:0}
    .picture .frame{height:150px;background:var(--soft);display:flex;align-items:center;justify-content:center}
    .picture img{width:100%;height:100%;object-fit:cover;display:block}
    .picture.wrong{border-color:var(--c1);box-shadow:0 0 0 1px var(--c1)}
    .picture figcaption{padding:12px 14px 13px;font-size:14px;line-height:1.4}
    .verdict{display:flex;gap:8px;align-items:baseline;font-weight:600}
    .verdict .sign{color:var(--c0);flex:none}.wrong .verdict .sign{color:var(--c1)}
    .truth{color:var(--c1)}
    .scores{margin:9px 0 0;padding:0;list-style:none;font-size:12.5px;color:var(--muted)}
    .scores li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 8px;margin-top:5px}
    .scores .meter{grid-column:1/-1;height:5px;margin-top:1px}
    .scores .other i{background:var(--muted)}.wrong .scores .first i{background:var(--wrong)}
    .scores .name,.key{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
    .key{display:block;margin-top:9px;font-size:11.5px;color:var(--muted)}
    .pictures+h3,.pictures+.note{margin-top:28px}
    h3.group{margin:26px 0 12px}
    dl{display:grid;grid-template-columns:minmax(7em,auto) 1fr;gap:9px 28px;margin:0;font-size:14px}
    dt{color:var(--muted)}dd{margin:0;overflow-wrap:anywhere}
    dt.gap,dd.gap{margin-top:18px}
    footer{margin-top:60px;color:var(--muted);font-size:13px}
    @media screen and (max-width:860px){
    .only-wide{display:none}.only-narrow{display:block}
    section{margin-top:46px}.tiles{gap:14px 30px}.tiles b{font-size:21px}
    .card{padding:20px 16px 18px;border-radius:12px}
    }
    @media (max-width:480px){
    .pictures{grid-template-columns:1fr 1fr;gap:12px}.picture .frame{height:116px}.picture figcaption{padding:10px}
    dl{grid-template-columns:1fr;gap:2px}dd{margin-bottom:9px}
    }
    @media print{
    :root{color-scheme:light;\(Palette.light);--page:#fff}
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    main{padding:0;max-width:none}section{margin-top:32px}
    h2,h3,.why{break-after:avoid;break-inside:avoid}.card,.picture,tr,.plots svg{break-inside:avoid}.card.flows{break-inside:auto}
    .scroll{overflow:visible}nav{display:none}
    }
    \(FigureStyle.rules)
    """
}
