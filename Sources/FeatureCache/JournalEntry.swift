import Tensors

/// What a line of the journal after the first says: rows and failures since the line before.
struct JournalEntry {
  /// The rows that a column's file has gained.
  struct Rows {
    /// The pictures they are of, in order.
    var digests: [Digest] = []
    /// For int8, the scale of each.
    var scales: [Float] = []
    /// CRC-32C of their bytes.
    var checksum: UInt32 = 0
  }

  struct Failure {
    var digest: Digest
    /// The column's place; `nil`: all.
    var column: Int?
    var failure: PictureFailure
  }

  /// One a column of the header.
  var columns: [Rows]
  var failures: [Failure] = []

  var isEmpty: Bool { failures.isEmpty && columns.allSatisfy(\.digests.isEmpty) }
}

extension JournalEntry {
  var members: [JSONMember] {
    let rows = columns.map { rows in
      JSONValue.object([
        JSONMember("contents", .string(hexadecimal(rows.digests.bytes))),
        JSONMember("scales", .string(rows.scales.map { Checksum.text($0.bitPattern) }.joined())),
        JSONMember("crc32c", .string(Checksum.text(rows.checksum))),
      ])
    }
    let failures = failures.map { failure in
      JSONValue.object([
        JSONMember("content", .string(failure.digest.text)),
        JSONMember("column", .integer(failure.column ?? ShardIndex.everyColumn)),
        JSONMember("code", .integer(Int(failure.failure.code.rawValue))),
        JSONMember("reason", .string(failure.failure.reason)),
      ])
    }
    return [JSONMember("columns", .array(rows)), JSONMember("failures", .array(failures))]
  }

  /// `nil` where a member is missing or breaks a rule.
  init?(_ value: JSONValue, columnCount: Int, storage: StorageType) {
    guard let rows = value["columns"]?.array, let failures = value["failures"]?.array,
      rows.count == columnCount
    else { return nil }
    columns = []
    for rows in rows {
      guard let contents = rows["contents"]?.string.flatMap({ bytes(hexadecimal: $0) }),
        let scales = rows["scales"]?.string.flatMap({ bytes(hexadecimal: $0) }),
        let checksum = rows["crc32c"]?.string.flatMap({ UInt32($0, radix: 16) }),
        contents.count % Digest.byteCount == 0,
        scales.count == (storage == .int8 ? contents.count / Digest.byteCount * 4 : 0)
      else { return nil }
      columns.append(
        Rows(
          digests: stride(from: 0, to: contents.count, by: Digest.byteCount).map {
            Digest(bytes: contents[$0..<$0 + Digest.byteCount])
          },
          scales: stride(from: 0, to: scales.count, by: 4).map {
            Float(bitPattern: scales[$0..<$0 + 4].reduce(0) { $0 << 8 | UInt32($1) })
          },
          checksum: checksum))
    }
    for failure in failures {
      guard let content = failure["content"]?.string.flatMap({ bytes(hexadecimal: $0) }),
        content.count == Digest.byteCount, let column = failure["column"]?.integer,
        column >= ShardIndex.everyColumn, column < columnCount,
        let code = failure["code"]?.integer.flatMap({ UInt16(exactly: $0) }),
        let reason = failure["reason"]?.string
      else { return nil }
      self.failures.append(
        Failure(
          digest: Digest(bytes: content[...]), column: column < 0 ? nil : column,
          failure: PictureFailure(PictureFailure.Code(rawValue: code), reason)))
    }
  }
}
