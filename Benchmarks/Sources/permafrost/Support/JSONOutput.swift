import Foundation

/// A value as one line of JSON with its keys in order and in snake case.
func encodedLine(_ value: some Encodable) throws -> String {
  String(decoding: try encoder([]).encode(value), as: UTF8.self)
}

/// Writes a value as JSON to a file, or to standard output for `-`.
func writeJSON(_ value: some Encodable, to path: String) throws {
  let text = String(decoding: try encoder(.prettyPrinted).encode(value), as: UTF8.self) + "\n"
  if path == "-" {
    print(text, terminator: "")
  } else {
    try writeFile(Data(text.utf8), to: path)
  }
}

private func encoder(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
  let encoder = JSONEncoder()
  encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
  encoder.keyEncodingStrategy = .convertToSnakeCase
  return encoder
}

/// Writes a file, saying which one where that fails.
func writeFile(_ data: Data, to path: String) throws {
  do {
    try data.write(to: URL(fileURLWithPath: path), options: .atomic)
  } catch {
    throw CommandError.failed("cannot write \(path): \(error.localizedDescription)")
  }
}
