import Backbone
import Foundation

/// What `Goldens/make_pictures.py` wrote.
struct PictureGoldens: Decodable {
  struct Decoded: Decodable {
    var width: Int
    var height: Int
    var upright: String
    var stored: String
  }

  struct Resize: Decodable {
    var width: Int
    var height: Int
    var seed: UInt32
    var twoValued: Bool
    var toWidth: Int
    var toHeight: Int
    var interpolation: String
    var digest: String
  }

  struct Preset: Decodable {
    var resize: Int
    var crop: Int
    var interpolation: String
    var mean: [Float]
    var standardDeviation: [Float]
    /// Of a generated picture; absent where the preset is only listed.
    var width: Int?
    var height: Int?
    var seed: UInt32?
    var digest: String?

    func preprocessing() throws -> Preprocessing {
      try Preprocessing(
        resizing: .shorterSide(resize), interpolation: Interpolation(rawValue: interpolation) ?? .lanczos,
        crop: PictureSize(width: crop, height: crop), mean: mean, standardDeviation: standardDeviation)
    }
  }

  struct CentreCrop: Decodable {
    var width: Int
    var height: Int
    var cropWidth: Int
    var cropHeight: Int
    var digest: String
  }

  struct Framing: Decodable {
    var width: Int
    var height: Int
    var framing: String
    var digest: String
  }

  struct Photographs: Decodable {
    var imageNetV1: [String: String]
    var orientation: [String: Decoded]
    var odd: [String: Decoded?]
  }

  var decoded: [String: Decoded]
  var resizes: [Resize]
  var weights: [Preset]
  var presets: [Preset]
  var centreCrops: [CentreCrop]
  var framings: [Framing]

  static func read() throws -> PictureGoldens {
    try JSONDecoder().decode(PictureGoldens.self, from: data("pictures.json"))
  }

  static func photographs() throws -> Photographs {
    try JSONDecoder().decode(Photographs.self, from: data("photographs.json"))
  }

  /// One of the small committed pictures.
  static func file(_ name: String) throws -> [UInt8] { try [UInt8](data("pictures/\(name)")) }

  static func fileNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder().appendingPathComponent("pictures").path)
      .sorted()
  }

  private static func data(_ name: String) throws -> Data {
    try Data(contentsOf: folder().appendingPathComponent(name))
  }

  private static func folder() -> URL { URL(fileURLWithPath: CheckpointGoldens.directory) }
}

/// Where the large real data are; the tests that need them run only where this is set.
enum RealData {
  static let folder = ProcessInfo.processInfo.environment["PERMAFROST_DATA"]

  static func path(_ name: String) -> String { (folder ?? "") + "/" + name }

  static func bytes(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: (folder ?? "") + "/images/" + path)))
  }

  static func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: (folder ?? "") + "/images/" + path).sorted()
  }
}

/// The script's digest: a polynomial over the bytes modulo 2^64.
func digest(_ bytes: some Sequence<UInt8>) -> String {
  let value = bytes.reduce(UInt64(0)) { $0 &* 0x100_0000_01b3 &+ UInt64($1) }
  let text = String(value, radix: 16)
  return String(repeating: "0", count: 16 - text.count) + text
}

/// Of the little-endian bytes of the values.
func digest(_ values: [Float]) -> String {
  digest(
    values.lazy.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) } })
}

/// The script's noise.
func noise(_ width: Int, _ height: Int, seed: UInt32, twoValued: Bool = false) throws -> Picture {
  var state = seed
  let bytes = (0..<width * height * 3).map { _ -> UInt8 in
    state = state &* 1_664_525 &+ 1_013_904_223
    let high = UInt8(state >> 24)
    return twoValued ? (high >= 128 ? 255 : 0) : high
  }
  return try Picture(width: width, height: height, rgb: bytes)
}

extension Picture {
  func hasUniformColour() -> Bool { rgb.indices.allSatisfy { rgb[$0] == rgb[$0 % 3] } }
}
