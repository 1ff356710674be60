/// The style that figures share, in the page and on their own. Class names are short because they repeat
/// often: `m` muted, `b` bold, `s` small, `l` large; `f0`... fill and `k0`... stroke with a series' colour.
enum FigureStyle {
  static let fontStack = """
    Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",\
    Arial,sans-serif
    """

  /// Rules that need the variables of `Palette`.
  static let rules: String = {
    var rules = """
      .fig text{font-family:\(fontStack);font-size:13px;fill:var(--ink);font-variant-numeric:tabular-nums}
      .fig text.s{font-size:11.5px}.fig text.xs{font-size:9.5px}.fig text.l{font-size:15px}
      .fig text.m{fill:var(--muted)}.fig text.b{font-weight:600}
      .fig text.on{fill:var(--on)}.fig text.w{fill:var(--c1)}
      .fig .grid{stroke:var(--grid);stroke-width:1}.fig .axis{stroke:var(--line);stroke-width:1}
      .fig .base{stroke:var(--muted);stroke-width:1;stroke-dasharray:3 4}
      .fig .soft{fill:var(--soft)}.fig .track{fill:var(--grid)}.fig .band{fill:var(--band)}
      .fig .same{fill:var(--c2)}.fig .haze{fill-opacity:.13}.fig .mist{fill-opacity:.06}
      .fig .gap{stroke:var(--wrong);stroke-width:2;stroke-opacity:.75}
      .fig .right{fill:var(--right)}.fig .wrong{fill:var(--wrong)}.fig .halo{stroke:var(--card);stroke-width:2}
      .fig .span{stroke-width:5;stroke-linecap:round;stroke-opacity:.32}
      .fig .curve{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
      .fig .pale{stroke:var(--muted);stroke-opacity:.7}.fig .hollow{fill:var(--card);stroke-width:2}

      """
    for series in 0..<Palette.seriesCount {
      rules += ".fig .f\(series){fill:var(--c\(series))}.fig .k\(series){stroke:var(--c\(series))}\n"
      rules += ".fig text.i\(series){fill:var(--c\(series))}\n"
    }
    return rules
  }()

  /// The style of a figure that stands on its own; it follows the reader's light or dark setting where what
  /// shows it knows of one, and is light elsewhere.
  static let standalone: String = {
    let all = ".fig .paper{fill:var(--card)}\n" + rules
    return """
      \(Palette.resolve(all, Palette.light))
      @media (prefers-color-scheme:dark){
      \(Palette.resolve(colored(all), Palette.dark))}
      """
  }()

  /// The rules that set a colour, with nothing else in them.
  private static func colored(_ rules: String) -> String {
    rules.split(separator: "}").compactMap { rule in
      let parts = rule.split(separator: "{")
      guard parts.count == 2 else { return nil }
      let colors = parts[1].split(separator: ";").filter { $0.contains("var(") }
      guard !colors.isEmpty else { return nil }
      return "\(parts[0].filter { $0 != "\n" }){\(colors.joined(separator: ";"))}\n"
    }.joined()
  }
}
