import Tensors

/// Files of data that are small enough to be made in memory and checked as a whole.
extension DataFile {
  /// A file of these arrays.
  ///
  /// - Returns: its bytes, and their description.
  static func make(
    name: String, _ items: [SafetensorsWriter.Item], metadata: [String: String] = [:]
  ) throws(FeatureCacheError) -> (bytes: [UInt8], file: DataFile) {
    let dataCount = items.reduce(0) { $0 + $1.bytes.count }
    let room = [UInt32](repeating: 0, count: Blocks(0..<dataCount).count)
    var bytes: [UInt8]
    do throws(TensorsError) {
      bytes = try SafetensorsWriter.file(
        items, last: SafetensorsWriter.Item(BlockTable.name, .uint32, shape: [room.count], room),
        metadata: metadata)
    } catch {
      throw FeatureCacheError(.invalidArgument, error.message)
    }
    let tableStart = bytes.count - room.count * BlockTable.entryBytes
    let data = Blocks(tableStart - dataCount..<tableStart)
    let table = BlockTable.bytes(
      (0..<data.count).map { Checksum.crc32c(bytes[data[$0]], continuing: 0) })
    bytes.replaceSubrange(tableStart..., with: table)
    let file = DataFile(
      name: name, data: data,
      headerChecksum: Checksum.crc32c(bytes[..<data.range.lowerBound], continuing: 0),
      tableChecksum: Checksum.crc32c(table))
    return (bytes, file)
  }

  /// The mapped file as safetensors, after checking all of it.
  func tables(_ bytes: FileBytes) throws(FeatureCacheError) -> SafetensorsFile {
    try check(header: Checksum.crc32c(bytes, header), of: bytes.name)
    let table = try BlockTable(self, of: bytes)
    for block in 0..<data.count { try table.check(block: block, Checksum.crc32c(bytes, data[block])) }
    do throws(TensorsError) {
      return try SafetensorsFile(bytes)
    } catch {
      throw FeatureCacheError(.damaged, error.message)
    }
  }
}
