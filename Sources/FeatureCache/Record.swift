import Tensors

/// A small JSON file that proves its own integrity: one line of canonical JSON (members sorted by name, no
/// spaces) whose last member is the SHA-256 of every byte before that member.
struct Record {
  let value: JSONValue
  /// The digest, in hexadecimal. Another record can refer to this one by it.
  let digest: String

  private static let limit = 1 << 28
  private static let opening = Array(#","sha256":""#.utf8)
  private static let closing = Array("\"}\n".utf8)

  /// - Parameter members: at least one, none of them `sha256`.
  static func bytes(_ members: [JSONMember]) -> [UInt8] {
    var bytes = Array(JSONValue.object(members).text(sortedKeys: true).utf8)
    bytes.removeLast()  // the closing brace
    return bytes + opening + Array(Digest(of: bytes).text.utf8) + closing
  }

  init(path: String, files: Files) throws(FeatureCacheError) {
    try self.init(files.read(path, limit: Self.limit), path: path)
  }

  init(_ bytes: [UInt8], path: String) throws(FeatureCacheError) {
    func fail(_ what: String) -> FeatureCacheError { FeatureCacheError(.damaged, "\(path) \(what)") }
    let bodyCount = bytes.count - Self.opening.count - 2 * Digest.byteCount - Self.closing.count
    guard bodyCount > 0 else { throw fail("is too short for a record") }
    var body = Array(bytes[..<bodyCount])
    digest = Digest(of: body).text
    guard Array(bytes[bodyCount...]) == Self.opening + Array(digest.utf8) + Self.closing else {
      throw fail("is damaged: its SHA-256 differs from the one it ends with")
    }
    do throws(TensorsError) {
      body.append(UInt8(ascii: "}"))
      value = try JSONParser.parse(body)
    } catch {
      throw fail("is malformed: \(error.message)")
    }
    guard let format = value["format"]?.integer else { throw fail("names no format version") }
    guard format == CacheFormat.version else {
      throw FeatureCacheError(
        .unsupported, "\(path) has format version \(format), this program reads \(CacheFormat.version)")
    }
  }
}

/// Numbers of the format that Docs/CacheFormat.md fixes.
enum CacheFormat {
  static let version = 2
  /// Where the rows of a feature file start: a multiple of every page size in use.
  static let rowsOffset = 65536
  /// Bytes that one checksum covers: few, since reading one number of a block means checking all of it; but all
  /// checksums of a file are read before its first row is.
  static let blockBytes = 256 << 10
}
