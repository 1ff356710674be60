import Foundation

/// A value as one line of JSON with its keys in order and in snake case.
func encodedLine(_ value: some Encodable) throws -> String {
  String(decoding: try encoder([]).encode(value), as: UTF8.self)
}

/// Writes a value as JSON to a file, or to standard output for `-`.
func writeJSON(_ value: some Encodable, to path: String) throws {
  let document = try encodedDocument(value)
  if path == "-" {
    print(String(decoding: document, as: UTF8.self), terminator: "")
  } else {
    try writeFile(document, to: path)
  }
}

/// A value as a JSON file's bytes, with its keys in order and in snake case.
func encodedDocument(_ value: some Encodable) throws -> Data {
  try encoder(.prettyPrinted).encode(value) + Data("\n".utf8)
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
