/// A drawing in the making: shapes and text in a box of a fixed size, in CSS pixels from the upper left
/// corner.
package struct Figure {
  package enum Anchor: String { case start, middle, end }

  package let width: Double
  package let height: Double
  /// What the drawing says, in words, for readers who do not see it.
  package let label: String
  private var content: [Markup] = []

  package init(width: Double, height: Double, label: String) {
    self.width = width
    self.height = height
    self.label = label
  }

  /// The drawing as a part of a page, at most a little larger than its own size so that its text fits the
  /// page's.
  package func inline(class name: String = "") -> Markup {
    element(
      "svg",
      [
        "class": name.isEmpty ? "fig" : "fig " + name, "viewBox": viewBox, "role": "img", "aria-label": label,
        "style": "max-width:\(Figure.number(width * 1.12))px",
      ], content)
  }

  /// The drawing as a file of its own, with a margin, its own background, fonts and colours.
  package func document() -> String {
    let margin = 20.0
    let size = (width: width + 2 * margin, height: height + 2 * margin)
    let paper = element("rect", ["class": "paper", "width": "100%", "height": "100%", "rx": "10"])
    let translated = element(
      "g", ["transform": "translate(\(Figure.number(margin)) \(Figure.number(margin)))"], content)
    let root = element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "fig",
        "width": Figure.number(size.width), "height": Figure.number(size.height),
        "viewBox": "0 0 \(Figure.number(size.width)) \(Figure.number(size.height))",
        "role": "img", "aria-label": label,
      ],
      [element("title", text: label), element("style", text: FigureStyle.standalone), paper, translated])
    return root.source
  }

  package mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String, tip: String? = nil
  ) {
    add(
      "line",
      ["class": name, "x1": n(x1), "y1": n(y1), "x2": n(x2), "y2": n(y2)], tip)
  }

  package mutating func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0, class name: String,
    opacity: Double = 1, tip: String? = nil
  ) {
    add(
      "rect",
      [
        "class": name, "x": n(x), "y": n(y), "width": n(max(width, 0)), "height": n(max(height, 0)),
        "rx": n(radius), "fill-opacity": n(opacity),
      ], tip)
  }

  package mutating func circle(
    _ x: Double, _ y: Double, _ radius: Double, class name: String, tip: String? = nil
  ) {
    add("circle", ["class": name, "cx": n(x), "cy": n(y), "r": n(radius)], tip)
  }

  package mutating func polyline(_ points: [(x: Double, y: Double)], class name: String) {
    guard points.count > 1 else { return }
    let list = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    add("polyline", ["class": "curve " + name, "points": list], nil)
  }

  package mutating func polygon(_ points: [(x: Double, y: Double)], class name: String, tip: String? = nil) {
    let list = points.map { "\(n($0.x)),\(n($0.y))" }.joined(separator: " ")
    add("polygon", ["class": name, "points": list], tip)
  }

  /// Text whose baseline starts, is centred or ends at a point; turned around it by `rotation` degrees.
  package mutating func text(
    _ x: Double, _ y: Double, _ text: String, class name: String = "", anchor: Anchor = .start,
    rotation: Double = 0, tip: String? = nil
  ) {
    let children = [Markup.text(text)] + (tip.map { [element("title", text: $0)] } ?? [])
    if rotation == 0 {
      content.append(
        element("text", ["class": name, "x": n(x), "y": n(y), "text-anchor": anchor.rawValue], children))
    } else {
      let transform = "rotate(\(n(rotation)) \(n(x)) \(n(y)))"
      content.append(
        element(
          "text",
          ["class": name, "x": n(x), "y": n(y), "text-anchor": anchor.rawValue, "transform": transform],
          children))
    }
  }

  private mutating func add(_ name: String, _ attributes: KeyValuePairs<String, String>, _ tip: String?) {
    content.append(element(name, attributes, tip.map { [element("title", text: $0)] } ?? []))
  }

  private var viewBox: String { "0 0 \(n(width)) \(n(height))" }

  private func n(_ value: Double) -> String { Figure.number(value) }

  /// A coordinate with at most two decimals; what is not a number is put at zero.
  static func number(_ value: Double) -> String {
    guard value.isFinite, value.magnitude < 1e9 else { return "0" }
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    let digits = rest.isMultiple(of: 10) ? "\(rest / 10)" : rest < 10 ? "0\(rest)" : "\(rest)"
    return "\(sign)\(whole).\(digits)"
  }
}
