/// A strict little reader of markup, written without the writer's code: tags must nest, attributes must be
/// quoted and unique, and no `<` or bare `&` may stand in text.
struct MarkupReader {
  struct Problem: Error, CustomStringConvertible { var description: String }

  struct Tag {
    var name: String
    var attributes: [String: String]
    var text = ""
    var depth: Int
  }

  /// All elements in the order of their start tags, each with the text directly in it.
  private(set) var tags: [Tag] = []

  init(_ source: String) throws {
    var rest = Substring(source)
    if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst(15) }
    var open: [Int] = []
    while let start = rest.firstIndex(of: "<") {
      let text = rest[..<start]
      try Self.checkText(text)
      if let last = open.last { tags[last].text += Self.unescaped(text) }
      guard let end = rest[start...].firstIndex(of: ">") else {
        throw Problem(description: "a tag without end")
      }
      var inside = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      if inside.hasPrefix("/") {
        guard let last = open.popLast(), tags[last].name == inside.dropFirst() else {
          throw Problem(description: "</\(inside.dropFirst())> closes nothing")
        }
        continue
      }
      let closesItself = inside.hasSuffix("/")
      if closesItself { inside = inside.dropLast() }
      let (name, attributes) = try Self.parts(inside)
      tags.append(Tag(name: name, attributes: attributes, depth: open.count))
      if !closesItself { open.append(tags.count - 1) }
    }
    try Self.checkText(rest)
    guard open.isEmpty else { throw Problem(description: "<\(tags[open[0]].name)> is never closed") }
  }

  private static func checkText(_ text: Substring) throws {
    if text.contains(">") { throw Problem(description: "a bare > in text: \(text.prefix(40))") }
    try checkEntities(text)
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var rest = text
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    while let first = rest.first {
      if let (entity, character) = entities.first(where: { rest.hasPrefix($0.0) }) {
        result += character
        rest = rest.dropFirst(entity.count)
      } else {
        result.append(first)
        rest = rest.dropFirst()
      }
    }
    return result
  }

  private static func checkEntities(_ text: Substring) throws {
    let known = ["amp;", "lt;", "gt;", "quot;", "#39;"]
    for (offset, character) in text.enumerated() where character == "&" {
      let tail = text.dropFirst(offset + 1)
      guard known.contains(where: { tail.hasPrefix($0) }) else {
        throw Problem(description: "a bare & in text: \(tail.prefix(40))")
      }
    }
    for scalar in text.unicodeScalars where scalar.value < 0x20 && scalar != "\n" {
      throw Problem(description: "a control character in text")
    }
  }

  private static func parts(_ inside: Substring) throws -> (String, [String: String]) {
    let name = inside.prefix { $0 != " " }
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else {
      throw Problem(description: "a strange tag name: \(name)")
    }
    var attributes: [String: String] = [:]
    var rest = inside.dropFirst(name.count).drop { $0 == " " }
    while !rest.isEmpty {
      let key = rest.prefix { $0 != "=" }
      rest = rest.dropFirst(key.count)
      guard rest.hasPrefix("=\"") else { throw Problem(description: "attribute \(key) has no quoted value") }
      rest = rest.dropFirst(2)
      let value = rest.prefix { $0 != "\"" }
      rest = rest.dropFirst(value.count)
      guard rest.hasPrefix("\"") else { throw Problem(description: "attribute \(key) is not closed") }
      rest = rest.dropFirst().drop { $0 == " " }
      try checkEntities(value)
      guard attributes.updateValue(String(value), forKey: String(key)) == nil else {
        throw Problem(description: "attribute \(key) stands twice")
      }
    }
    return (String(name), attributes)
  }
}
