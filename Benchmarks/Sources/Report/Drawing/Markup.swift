/// A node of an HTML or SVG tree. Markup is only ever made from such nodes, so tags are balanced and every
/// text is escaped by construction: there is no node for raw markup.
package enum Markup: Sendable {
  indirect case element(String, KeyValuePairs<String, String>, [Markup])
  case text(String)

  /// The markup text. An element without content gets a closing tag, except the ones that HTML forbids it.
  package var source: String {
    var result = ""
    write(to: &result)
    return result
  }

  private func write(to result: inout String) {
    switch self {
    case .text(let text): result += SafeText.markup(text)
    case .element(let name, let attributes, let children):
      result += "<" + name
      for (name, value) in attributes { result += " \(name)=\"\(SafeText.attribute(value))\"" }
      if children.isEmpty, Self.voidElements.contains(name) {
        result += "/>"
        return
      }
      result += ">"
      for child in children { child.write(to: &result) }
      result += "</\(name)>"
      if Self.blockElements.contains(name) { result += "\n" }
    }
  }

  private static let voidElements: Set<String> = ["meta", "img", "br", "hr"]
  /// A line break after these keeps the file readable and changes nothing.
  private static let blockElements: Set<String> = [
    "head", "style", "section", "header", "footer", "div", "figure", "table", "tr", "p", "h1", "h2",
    "h3",
    "svg", "main", "li",
  ]
}

extension Markup: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
}

/// An element with attributes and children.
package func element(
  _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup] = []
) -> Markup {
  .element(name, attributes, children)
}

/// An element that holds one text.
package func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String)
  -> Markup
{
  .element(name, attributes, [.text(text)])
}
