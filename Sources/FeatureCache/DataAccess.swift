import Tensors

/// How the files of a cache are read.
public enum ReadingMode: Hashable, Sendable {
  /// Mapped on local file systems, with calls on others: a page of a mapped file that a network cannot deliver
  /// ends the process.
  case automatic
  /// Mapped into memory.
  case mapped
  /// With a call a read.
  case direct
}

/// The numbers that Linux gives file systems on which mapping is not to be relied upon (statfs(2), and each
/// system's own headers).
enum RemoteFileSystems {
  private static let numbers: Set<Int> = [
    0x6969,  // NFS
    0x0BD0_0BD0,  // Lustre
    0x4750_4653,  // GPFS
    0x6573_5546,  // FUSE
    0xFF53_4D42, 0xFE53_4D42, 0x517B,  // SMB
    0x00C3_6400,  // Ceph
    0x1983_0326,  // BeeGFS
    0x0102_1997,  // 9P
    0x5346_414F, 0x6B41_4653,  // AFS
  ]

  static func contains(_ number: Int) -> Bool { numbers.contains(number) }
}

/// The bytes of an open file of data. Whatever happens to the file's name, they stay.
enum DataAccess: Sendable {
  case mapped(FileBytes)
  case direct(OpenFile)

  init(_ file: OpenFile, _ mode: ReadingMode) throws(FeatureCacheError) {
    let isMapped = mode == .mapped || (mode == .automatic && !file.isRemote)
    self = isMapped ? .mapped(try file.map()) : .direct(file)
  }

  /// All of them, mapped or in memory.
  var whole: FileBytes {
    get throws(FeatureCacheError) {
      switch self {
      case .mapped(let bytes): bytes
      case .direct(let file): FileBytes(copying: try file.read(0..<file.byteCount), name: file.path)
      }
    }
  }
}
