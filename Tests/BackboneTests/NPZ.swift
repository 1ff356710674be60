import Backbone
import Tensors
import Testing

/// The float32 arrays of a file that `numpy.savez` wrote.
struct NPZ {
  private let file: FileBytes
  private let archive: ZipArchive

  init(_ path: String) throws {
    file = try FileBytes(mapping: path)
    archive = try ZipArchive(file)
  }

  /// - Throws: where there is no such array, or it is not of version 1, little-endian float32 in C order.
  func tensor(_ name: String) throws -> Tensor {
    let bytes = file.copy(try archive.content(name + ".npy"))
    try #require(Array(bytes.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    try #require(header.contains("'<f4'") && header.contains("'fortran_order': False"))
    let open = try #require(header.firstIndex(of: "("))
    let close = try #require(header.firstIndex(of: ")"))
    let shape = header[open..<close].dropFirst().split(separator: ",")
      .compactMap { Int($0.filter(\.isNumber)) }
    let values = stride(from: start, to: bytes.count, by: 4).map { (offset: Int) -> Float in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
      return Float(bitPattern: bits)
    }
    return try Tensor(shape: shape, values: values)
  }
}
