package import Tensors

/// The directory of a zip archive (PKWARE's APPNOTE 6.3, zip64 included), as strict as the archives that
/// PyTorch writes allow: nothing overlaps, both headers of an entry agree, nothing follows the directory.
package struct ZipArchive {
  struct Entry: Hashable, Sendable {
    /// Where the entry's bytes are in the file.
    let range: Range<Int>
    /// Whether these bytes are the content itself, not a compressed form.
    let isStored: Bool
  }

  let file: FileBytes
  let entries: [String: Entry]

  private static let entryLimit = 200_000

  package init(_ file: FileBytes) throws(BackboneError) {
    self.file = file
    let directory = try ZipDirectory(file)
    guard directory.count <= Self.entryLimit else {
      throw .malformed(file.name, "is a zip archive of \(directory.count) entries, too many for a checkpoint")
    }
    var cursor = ByteCursor(file, directory.range)
    var entries: [String: Entry] = [:]
    var occupied: [Range<Int>] = []
    for _ in 0..<directory.count {
      let header = try ZipHeader(central: &cursor)
      let (entry, extent) = try header.locate(in: file, before: directory.range.lowerBound)
      guard entries.updateValue(entry, forKey: header.name) == nil else {
        throw .malformed(file.name, "is a zip archive with two entries named \(header.name)")
      }
      occupied.append(extent)
    }
    guard cursor.remaining == 0 else {
      throw .malformed(file.name, "is a zip archive whose directory does not end where it should")
    }
    occupied.sort { $0.lowerBound < $1.lowerBound }
    for (first, second) in zip(occupied, occupied.dropFirst()) where second.lowerBound < first.upperBound {
      throw .malformed(file.name, "is a zip archive with overlapping entries")
    }
    self.entries = entries
  }

  /// The range of an entry's content.
  ///
  /// - Throws: `.malformedWeights` where there is none of this name or it is compressed.
  package func content(_ name: String) throws(BackboneError) -> Range<Int> {
    guard let entry = entries[name] else {
      throw .malformed(file.name, "is a zip archive without the entry \(name)")
    }
    guard entry.isStored else {
      throw .malformed(
        file.name, "is a zip archive whose entry \(name) is compressed, which PyTorch never does")
    }
    return entry.range
  }
}

/// Where the directory is.
private struct ZipDirectory {
  let range: Range<Int>
  let count: Int

  init(_ file: FileBytes) throws(BackboneError) {
    let endLength = 22
    let locatorLength = 20
    guard file.count >= endLength else { throw Self.truncated(file) }
    let endStart = file.count - endLength
    var end = ByteCursor(file, endStart..<file.count)
    guard try end.integer(UInt32.self) == 0x0605_4b50 else { throw Self.truncated(file) }
    _ = try end.take(4)
    var countHere = UInt64(try end.integer(UInt16.self))
    var count = UInt64(try end.integer(UInt16.self))
    var length = UInt64(try end.integer(UInt32.self))
    var offset = UInt64(try end.integer(UInt32.self))
    var directoryEnd = endStart

    let locatorStart = endStart - locatorLength
    if locatorStart >= 0 {
      var locator = ByteCursor(file, locatorStart..<endStart)
      if try locator.integer(UInt32.self) == 0x0706_4b50 {
        _ = try locator.take(4)
        let recordStart = try locator.integer(UInt64.self)
        guard recordStart <= UInt64(locatorStart) else { throw Self.broken(file) }
        var record = ByteCursor(file, Int(recordStart)..<locatorStart)
        guard try record.integer(UInt32.self) == 0x0606_4b50,
          try record.integer(UInt64.self) == UInt64(record.remaining)
        else { throw Self.broken(file) }
        _ = try record.take(12)
        let wide = (
          countHere: try record.integer(UInt64.self), count: try record.integer(UInt64.self),
          length: try record.integer(UInt64.self), offset: try record.integer(UInt64.self)
        )
        guard countHere == min(wide.countHere, 0xffff), count == min(wide.count, 0xffff),
          length == min(wide.length, 0xffff_ffff), offset == min(wide.offset, 0xffff_ffff)
        else { throw Self.broken(file) }
        (countHere, count, length, offset) = wide
        directoryEnd = Int(recordStart)
      }
    }
    guard countHere == count, count <= UInt64(file.count), offset <= UInt64(directoryEnd),
      length == UInt64(directoryEnd) - offset
    else { throw Self.broken(file) }
    self.count = Int(count)
    range = Int(offset)..<directoryEnd
  }

  private static func truncated(_ file: FileBytes) -> BackboneError {
    .malformed(file.name, "is a zip archive without the directory at its end: it is truncated or damaged")
  }

  private static func broken(_ file: FileBytes) -> BackboneError {
    .malformed(file.name, "is a zip archive whose directory is not where its end record says")
  }
}
