import Backbone
import Testing

/// Files that Goldens/make_checkpoints.py wrote, and what is in them.
enum CheckpointGoldens {
  static let directory = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Goldens"

  static func path(_ name: String) -> String { "\(directory)/checkpoints/\(name)" }

  static func bytes(_ name: String) throws -> [UInt8] {
    try FileBytes.read(path(name), limit: 1 << 20)
  }

  static func json(_ name: String) throws -> JSONValue {
    try JSONParser.parse(bytes(name))
  }

  static let plain = ["tensors.safetensors", "tensors.zip.pth", "tensors.legacy.pth", "tensors.repacked.pth"]
  static let wrapped = ["wrapped.zip.pth", "wrapped.legacy.pth"]
}

/// What a checkpoint of these bytes would be.
func checkpoint(_ bytes: [UInt8], name: String = "weights") throws(BackboneError) -> Checkpoint {
  try Checkpoint(FileBytes(copying: bytes, name: name))
}

/// Expects bytes to be refused with a message that contains `part` and names the file.
func expectRefusal(
  _ bytes: [UInt8], _ part: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(throws: BackboneError.self, sourceLocation: sourceLocation) {
    _ = try checkpoint(bytes, name: "hostile.pth")
  }
  guard let error else { return }
  #expect(error.code == .malformedWeights, sourceLocation: sourceLocation)
  #expect(error.message.contains(part), sourceLocation: sourceLocation)
  #expect(error.message.hasPrefix("hostile.pth"), sourceLocation: sourceLocation)
}
