public import Tensors

/// What one cache root belongs to: an extractor and a stored type.
public struct CacheIdentity: Hashable, Sendable {
  public var extractor: ExtractorIdentity
  public var storage: StorageType

  public init(extractor: ExtractorIdentity, storage: StorageType) {
    self.extractor = extractor
    self.storage = storage
  }
}

extension CacheIdentity {
  static let fileName = "config.json"

  var members: [JSONMember] {
    let settings = extractor.preprocessing.map { JSONMember($0.key, .string($0.value)) }
    return [
      JSONMember("format", .integer(CacheFormat.version)),
      JSONMember("network", .string(extractor.network)),
      JSONMember("weights", .string(extractor.weights)),
      JSONMember("preprocessing", .object(settings)),
      JSONMember("hooks", .array(extractor.hooks.map { .string($0) })),
      JSONMember("semantics_version", .integer(extractor.semanticsVersion)),
      JSONMember("storage", .string(storage.rawValue)),
    ]
  }

  init(_ record: Record, path: String) throws(FeatureCacheError) {
    let value = record.value
    guard let network = value["network"]?.string, let weights = value["weights"]?.string,
      let settings = value["preprocessing"]?.object, let hooks = value["hooks"]?.array,
      let version = value["semantics_version"]?.integer,
      let storage = value["storage"]?.string.flatMap(StorageType.init(rawValue:))
    else { throw FeatureCacheError(.damaged, "\(path) lacks a member of the identity") }
    var preprocessing: [String: String] = [:]
    for setting in settings { preprocessing[setting.name] = setting.value.string }
    self.init(
      extractor: ExtractorIdentity(
        network: network, weights: weights, preprocessing: preprocessing, hooks: hooks.compactMap(\.string),
        semanticsVersion: version),
      storage: storage)
  }

  /// - Throws: `.identityMismatch` naming every field that differs, and both its values.
  func require(_ asked: CacheIdentity, root: String) throws(FeatureCacheError) {
    let stored = Dictionary(uniqueKeysWithValues: fields)
    let wanted = Dictionary(uniqueKeysWithValues: asked.fields)
    let names = Set(stored.keys).union(wanted.keys).sorted()
    let differences = names.filter { stored[$0] != wanted[$0] }.map {
      "\($0) is \(stored[$0] ?? "not set"), asked for \(wanted[$0] ?? "not set")"
    }
    guard differences.isEmpty else {
      throw FeatureCacheError(
        .identityMismatch,
        "the cache in \(root) belongs to another extractor: \(differences.joined(separator: "; "))")
    }
  }

  private var fields: [(String, String)] {
    [
      ("network", extractor.network), ("weights", extractor.weights),
      ("hooks", "[\(extractor.hooks.joined(separator: ", "))]"),
      ("semanticsVersion", String(extractor.semanticsVersion)), ("storage", storage.rawValue),
    ] + extractor.preprocessing.map { ("preprocessing.\($0.key)", $0.value) }
  }
}
