/// The colours, as CSS variables for light and dark, after the palette of Okabe and Ito ("Color Universal
/// Design", 2008), which people with any common colour blindness can tell apart; shades are adjusted so that
/// each one also carries text on its background.
enum Palette {
  /// How many colours tell series apart.
  static let seriesCount = 9

  /// Declarations for a light background.
  static let light = """
    --page:#f6f8fa;--card:#ffffff;--ink:#16202b;--muted:#5a6876;--line:#dfe5ec;--grid:#e9edf2;--soft:#f0f4f8;\
    --right:#1668ad;--wrong:#c2491a;--on:#ffffff;--band:#1668ad;\
    --c0:#1668ad;--c1:#c2491a;--c2:#0a7f5f;--c3:#8a4399;--c4:#946800;--c5:#1b8196;--c6:#b03a68;--c7:#6a7784;--c8:#16202b
    """

  /// A style sheet with its variables replaced by the colours of `declarations`: what draws SVG files outside a
  /// browser knows no variables.
  static func resolve(_ sheet: String, _ declarations: String) -> String {
    declarations.split(separator: ";").reduce(sheet) { sheet, declaration in
      let parts = declaration.split(separator: ":")
      return parts.count == 2 ? sheet.replacing("var(\(parts[0]))", with: parts[1]) : sheet
    }
  }

  /// Declarations for a dark background.
  static let dark = """
    --page:#0e141a;--card:#161e27;--ink:#e7edf3;--muted:#9aa8b7;--line:#2a3643;--grid:#222d38;--soft:#1b2530;\
    --right:#2b78bd;--wrong:#c9592a;--on:#ffffff;--band:#5fb0ee;\
    --c0:#5fb0ee;--c1:#f0905f;--c2:#45c79c;--c3:#cb9ee0;--c4:#dfb03f;--c5:#66cbe0;--c6:#f08fb2;--c7:#8796a6;--c8:#e7edf3
    """
}
