import Tensors

/// The record that says which generations still count. The one with the highest number holds.
struct Manifest: Sendable {
  var number: Int
  /// Earlier generations are as if they had never been.
  var firstGeneration: Int

  static func name(_ number: Int) -> String { "manifest-\(number).json" }

  /// The number of the manifest that has this name.
  static func number(ofName name: String) -> Int? {
    guard name.hasPrefix("manifest-"), name.hasSuffix(".json"),
      let number = Int(name.dropFirst(9).dropLast(5)),
      number > 0, self.name(number) == name
    else { return nil }
    return number
  }

  var members: [JSONMember] {
    [
      JSONMember("format", .integer(CacheFormat.version)), JSONMember("manifest", .integer(number)),
      JSONMember("first_generation", .integer(firstGeneration)),
    ]
  }

  init(number: Int, firstGeneration: Int) {
    self.number = number
    self.firstGeneration = firstGeneration
  }

  init(_ record: Record, path: String, number: Int) throws(FeatureCacheError) {
    guard record.value["manifest"]?.integer == number,
      let firstGeneration = record.value["first_generation"]?.integer, firstGeneration > 0
    else { throw FeatureCacheError(.damaged, "\(path) lacks a member of a manifest") }
    self.number = number
    self.firstGeneration = firstGeneration
  }
}
