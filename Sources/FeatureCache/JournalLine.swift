import Tensors

/// A line of a journal: canonical JSON (members sorted by name, no spaces) whose last member is the CRC-32C of
/// every byte before that member. A line that a crash has cut short or torn fails it.
enum JournalLine {
  private static let opening = Array(#","crc32c":""#.utf8)
  private static let closing = Array("\"}\n".utf8)
  private static let trailerCount = opening.count + 8 + closing.count

  /// - Parameter members: at least one, none of them `crc32c`.
  static func bytes(_ members: [JSONMember]) -> [UInt8] {
    var bytes = Array(JSONValue.object(members).text(sortedKeys: true).utf8)
    bytes.removeLast()  // the closing brace
    return bytes + opening + Array(Checksum.text(Checksum.crc32c(bytes)).utf8) + closing
  }

  /// The lines from the start of a journal up to the first that is not whole.
  static func whole(in journal: [UInt8]) -> [JSONValue] {
    var values: [JSONValue] = []
    for line in journal.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      // The line feed counts as well, and the last of these parts has none.
      guard line.endIndex < journal.endIndex,
        let value = value(of: Array(journal[line.startIndex...line.endIndex]))
      else { break }
      values.append(value)
    }
    return values
  }

  private static func value(of line: [UInt8]) -> JSONValue? {
    guard line.count > trailerCount else { return nil }
    let body = Array(line[..<(line.count - trailerCount)])
    let trailer = opening + Array(Checksum.text(Checksum.crc32c(body)).utf8) + closing
    guard Array(line[body.count...]) == trailer else { return nil }
    return try? JSONParser.parse(body + [UInt8(ascii: "}")])
  }
}
